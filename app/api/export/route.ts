import { serveExport } from "@/lib/exports/handler";
import { refuse, route } from "@/lib/http";
import { getVisitor } from "@/lib/visitors/cookie";

/** All of a visitor's work as one ZIP, streamed. */
export const GET = route("/api/export", async (request) => {
  const owner = await getVisitor();
  return owner ? serveExport(owner, request) : refuse("no_visitor");
});

export const HEAD = GET;
