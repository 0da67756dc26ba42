import { env } from "@/lib/env";
import { answer, refuse, route } from "@/lib/http";
import { previewPicture } from "@/lib/uploads/handler";
import { getVisitor } from "@/lib/visitors/cookie";

/** `?url=`: a small copy of a picture elsewhere, for visitors of this page only. */
export const GET = route("/api/uploads/preview", async (request) => {
  if (!(await getVisitor())) return refuse("no_visitor");
  const { apiKey, baseUrl } = env();
  const address = new URL(request.url).searchParams.get("url") ?? "";
  const preview = await previewPicture(address, apiKey ? [new URL(baseUrl).origin] : []);
  if (!preview.ok) {
    return answer({ error: { code: "picture_unavailable", message: preview.message } }, preview.status);
  }
  return new Response(new Uint8Array(preview.bytes), {
    headers: {
      "Content-Type": preview.type,
      "Cache-Control": "private, max-age=3600",
      "X-Content-Type-Options": "nosniff",
      "Content-Security-Policy": "sandbox; default-src 'none'",
      "Cross-Origin-Resource-Policy": "same-origin",
    },
  });
});
