import { findOwnedOne } from "@/lib/generations/data";
import { toGeneration } from "@/lib/generations/queries";
import { answer, refuse } from "@/lib/http";
import { getVisitor } from "@/lib/visitors/cookie";

/** What MindVideo told of a task so far, as it is stored; nothing is asked of MindVideo here. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }) {
  const owner = await getVisitor();
  if (!owner) return refuse("no_visitor");
  const row = await findOwnedOne(owner, (await params).id);
  return row ? answer({ events: toGeneration(row).events }) : refuse("not_found");
}
