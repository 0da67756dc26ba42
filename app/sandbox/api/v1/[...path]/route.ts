import { env } from "@/lib/env";
import { route } from "@/lib/http";
import { sandbox } from "@/lib/sandbox/service";

export const dynamic = "force-dynamic";

/**
 * The sandbox over HTTP, so that the code panel's cURL runs as pasted. With a real key there is no such door. Behind
 * Next `request.url` names the address the server listens on; the caller's own is in Host, and output links need it.
 */
const handle = route(
  "/sandbox/api/v1/[...path]",
  async (request) => {
    if (env().upstream === "mindvideo") return new Response(null, { status: 404 });
    const url = new URL(request.url);
    const forwarded = request.headers.get("x-forwarded-proto")?.split(",")[0]?.trim();
    const protocol = forwarded === "https" || forwarded === "http" ? forwarded : url.protocol.replace(":", "");
    const host = request.headers.get("host");
    const asked = `${protocol}://${host}${url.pathname}${url.search}`;
    // Who calls us by no name gets links with the server's own.
    const address = host && URL.canParse(asked) ? asked : url;
    const init: RequestInit & { duplex?: "half" } = {
      method: request.method,
      headers: request.headers,
      signal: request.signal,
    };
    if (request.method === "POST") Object.assign(init, { body: request.body, duplex: "half" });
    return sandbox().fetch(new Request(address, init));
  },
  { access: "own" },
);

export { handle as DELETE, handle as GET, handle as HEAD, handle as PATCH, handle as POST, handle as PUT };
