import { answer, refuse, route } from "@/lib/http";
import { findUpload } from "@/lib/uploads/data";
import { serveUpload } from "@/lib/uploads/handler";
import { deleteUpload } from "@/lib/uploads/mutations";
import { isHash } from "@/lib/uploads/schema";
import { removeBytes } from "@/lib/uploads/service";
import { getVisitor } from "@/lib/visitors/cookie";

type Context = { params: Promise<{ sha: string }> };

/** A visitor's own file, with Range. `?thumb` is a small copy of a picture. */
export const GET = route("/api/uploads/[sha]", async (request, { params }: Context) => {
  const owner = await getVisitor();
  if (!owner) return refuse("no_visitor");
  const { sha } = await params;
  const row = isHash(sha) ? await findUpload(owner, sha) : undefined;
  return row ? serveUpload(row, request) : refuse("not_found");
});

export const HEAD = GET;

export const DELETE = route("/api/uploads/[sha]", async (_request, { params }: Context) => {
  const owner = await getVisitor();
  if (!owner) return refuse("no_visitor");
  const { sha } = await params;
  const deleted = isHash(sha) ? await deleteUpload(owner, sha) : undefined;
  if (!deleted) return refuse("not_found");
  if (deleted === "in_use") {
    const message =
      "A clip that is still being made needs this file. Delete it when the clip is done, or after “Let it be” on its card.";
    return answer({ error: { code: "in_use", message } }, 409);
  }
  await removeBytes(deleted);
  return new Response(null, { status: 204 });
});
