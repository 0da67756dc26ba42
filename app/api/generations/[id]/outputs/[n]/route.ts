import { findOwnedOne } from "@/lib/generations/data";
import { refuse, route } from "@/lib/http";
import { serveOutput } from "@/lib/outputs/service";
import { getVisitor } from "@/lib/visitors/cookie";

type Context = { params: Promise<{ id: string; n: string }> };

/** An output's file, with Range. `?download` gives it a good name. */
export const GET = route("/api/generations/[id]/outputs/[n]", async (request, { params }: Context) => {
  const owner = await getVisitor();
  if (!owner) return refuse("no_visitor");
  const { id, n } = await params;
  const row = await findOwnedOne(owner, id);
  return row && /^\d+$/.test(n) ? serveOutput(row, Number(n), request) : refuse("not_found");
});

export const HEAD = GET;
