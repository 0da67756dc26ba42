import { answer, refuse, route } from "@/lib/http";
import { UploadError, uploadRefusal } from "@/lib/uploads/errors";
import { answerRefusal } from "@/lib/uploads/handler";
import { holdUploads, releaseUploads } from "@/lib/uploads/mutations";
import { knownUploads, uploadsPage } from "@/lib/uploads/queries";
import { readChange, readHashes, receiveUpload } from "@/lib/uploads/request";
import { getVisitor } from "@/lib/visitors/cookie";

/** Takes one file as the body. `X-File-Name` is its name, percent-encoded. */
export const POST = route("/api/uploads", async (request) => {
  try {
    const owner = await getVisitor();
    if (!owner) throw new UploadError(uploadRefusal("no_visitor"));
    return answer(await receiveUpload(request, owner), 201);
  } catch (error) {
    return answerRefusal(error);
  }
});

/** `?sha=a,b`: those of these that the visitor has; otherwise a page of all of them, newest first. */
export const GET = route("/api/uploads", async (request) => {
  const owner = await getVisitor();
  if (!owner) return refuse("no_visitor");
  const query = new URL(request.url).searchParams;
  const hashes = query.get("sha");
  return answer(
    hashes === null ? await uploadsPage(owner, query.get("before")) : await knownUploads(owner, readHashes(hashes)),
  );
});

/** What a page's draft holds from now on, and what it lets go. */
export const PATCH = route("/api/uploads", async (request) => {
  const owner = await getVisitor();
  if (!owner) return refuse("no_visitor");
  const change = await readChange(request);
  if (!change) return refuse("invalid_input");
  const now = Date.now();
  await releaseUploads(owner, change.release, now);
  await holdUploads(owner, change.hold, now);
  return new Response(null, { status: 204 });
});
