import { refuse, route } from "@/lib/http";
import { serveOutput } from "@/lib/outputs/service";
import { asShared, findVisible, tokenOf } from "@/lib/shares/access";
import { getVisitor } from "@/lib/visitors/cookie";

type Context = { params: Promise<{ id: string; n: string }> };

/** An output's file, with Range, for its owner or with `?t=` for whoever it is shared with. `?download` gives it a good name. */
export const GET = route("/api/generations/[id]/outputs/[n]", async (request, { params }: Context) => {
  const [owner, token] = [await getVisitor(), tokenOf(request.url)];
  if (!owner && token === null) return refuse("no_visitor");
  const { id, n } = await params;
  const visible = await findVisible(id, { owner, token });
  const isIndex = /^\d{1,4}$/.test(n);
  return asShared(token, visible && isIndex ? await serveOutput(visible.row, Number(n), request) : refuse("not_found"));
});

export const HEAD = GET;
