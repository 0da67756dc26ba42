import { answer, refuse, route } from "@/lib/http";
import { asShared, findSharedPicture, tokenOf } from "@/lib/shares/access";
import { findUpload } from "@/lib/uploads/data";
import { serveUpload } from "@/lib/uploads/handler";
import { deleteUpload } from "@/lib/uploads/mutations";
import { isHash } from "@/lib/uploads/schema";
import { removeBytes } from "@/lib/uploads/service";
import { getVisitor } from "@/lib/visitors/cookie";

type Context = { params: Promise<{ sha: string }> };

/**
 * A visitor's own file, with Range. `?thumb` is a small copy of a picture. `?g=&t=`: a picture of a generation, for whoever it is
 * shared with.
 */
export const GET = route("/api/uploads/[sha]", async (request, { params }: Context) => {
  const [owner, token] = [await getVisitor(), tokenOf(request.url)];
  if (!owner && token === null) return refuse("no_visitor");
  const { sha } = await params;
  const generation = new URL(request.url).searchParams.get("g") ?? "";
  const own = owner && isHash(sha) ? await findUpload(owner, sha) : undefined;
  const row = own ?? (await findSharedPicture(sha, generation, token));
  return asShared(token, row ? await serveUpload(row, request) : refuse("not_found"));
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
