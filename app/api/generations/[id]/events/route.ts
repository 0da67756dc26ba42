import { findOwnedOne } from "@/lib/generations/data";
import { toGeneration } from "@/lib/generations/queries";
import { answer, refuse, route } from "@/lib/http";
import { getVisitor } from "@/lib/visitors/cookie";

/** What MindVideo told of a task so far, as it is stored; nothing is asked of MindVideo here. */
export const GET = route(
  "/api/generations/[id]/events",
  async (_request, { params }: { params: Promise<{ id: string }> }) => {
    const owner = await getVisitor();
    if (!owner) return refuse("no_visitor");
    const row = await findOwnedOne(owner, (await params).id);
    return row ? answer({ events: toGeneration(row).events }) : refuse("not_found");
  },
);
