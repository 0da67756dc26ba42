import { after } from "next/server";
import { listGenerations } from "@/lib/generations/queries";
import { readAndAdvance } from "@/lib/generations/reconcile";
import { readIds } from "@/lib/generations/request";
import { answer, refuse, route } from "@/lib/http";
import { getVisitor } from "@/lib/visitors/cookie";

/** `?ids=` reads single generations and moves them along; otherwise a page of the visitor's history. */
export const GET = route("/api/generations", async (request) => {
  const owner = await getVisitor();
  if (!owner) return refuse("no_visitor");
  const query = new URL(request.url).searchParams;
  const ids = query.get("ids");
  if (ids === null) return answer(await listGenerations(owner, { before: query.get("before") }));
  const read = await readAndAdvance(owner, readIds(ids));
  after(() => read.work);
  return answer(read.answer);
});
