import { answer, route } from "@/lib/http";
import { uploadRefusal } from "@/lib/uploads/errors";
import { UPLOAD_REFUSALS, type UploadRefusal } from "@/lib/uploads/policy";
import { cancel, settle } from "@/lib/uploadthing/service";
import { getVisitor } from "@/lib/visitors/cookie";

const MAX_KEY_CHARS = 200;

/**
 * `{ key }`: a browser says that its file is at UploadThing, whose callback may never come. The upload; 202 while the file is
 * not there; its refusal; 404 for a key that was not handed to this visitor.
 */
export const POST = route("/api/uploads/arrived", async (request) => {
  const owner = await getVisitor();
  if (!owner) return refuse(uploadRefusal("no_visitor"));
  const key = await keyIn(request);
  const settled = key === null ? ({ state: "unknown" } as const) : await settle(key, owner);
  switch (settled.state) {
    case "kept":
      return answer(settled.upload);
    case "refused":
      return refuse(settled.refusal);
    case "pending":
      return answer({}, 202);
    case "unknown":
      return refuse(uploadRefusal("incomplete"), 404);
  }
});

/** `{ key }`: the visitor cancelled this upload. 204 whatever the key. */
export const DELETE = route("/api/uploads/arrived", async (request) => {
  const owner = await getVisitor();
  if (!owner) return refuse(uploadRefusal("no_visitor"));
  const key = await keyIn(request);
  if (key !== null) await cancel(key, owner);
  return new Response(null, { status: 204 });
});

const refuse = (error: UploadRefusal, status: number = UPLOAD_REFUSALS[error.code][0]) => answer({ error }, status);

async function keyIn(request: Request): Promise<string | null> {
  if (Number(request.headers.get("content-length") ?? Number.NaN) <= 2 * MAX_KEY_CHARS) {
    const body: unknown = await request.json().catch(() => null);
    const key = (body as { key?: unknown } | null)?.key;
    if (typeof key === "string" && key.length <= MAX_KEY_CHARS && !key.includes("\0")) return key;
  }
  return null;
}
