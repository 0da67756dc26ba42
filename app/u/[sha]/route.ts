import { refuse, route } from "@/lib/http";
import { openSigned } from "@/lib/uploads/access";
import { serveSigned } from "@/lib/uploads/handler";

type Context = { params: Promise<{ sha: string }> };

/** `?g=&sig=`: a file that a generation was given, for MindVideo, for as long as that generation is not over. */
export const GET = route(
  "/u/[sha]",
  async (request, { params }: Context) => {
    const { sha } = await params;
    const row = await openSigned(sha, new URL(request.url).searchParams);
    return row ? serveSigned(row, request) : refuse("not_found");
  },
  { access: "own" },
);

export const HEAD = GET;
