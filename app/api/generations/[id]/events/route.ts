import { toGeneration } from "@/lib/generations/queries";
import { answer, refuse, route } from "@/lib/http";
import { asShared, findVisible, tokenOf } from "@/lib/shares/access";
import { getVisitor } from "@/lib/visitors/cookie";

/**
 * What MindVideo told of a task so far, as it is stored, for its owner or with `?t=` for whoever it is shared with; nothing
 * is asked of MindVideo here.
 */
export const GET = route(
  "/api/generations/[id]/events",
  async (request, { params }: { params: Promise<{ id: string }> }) => {
    const [owner, token] = [await getVisitor(), tokenOf(request.url)];
    if (!owner && token === null) return refuse("no_visitor");
    const visible = await findVisible((await params).id, { owner, token });
    return asShared(
      token,
      visible ? answer({ events: (await toGeneration(visible.row)).events }) : refuse("not_found"),
    );
  },
);
