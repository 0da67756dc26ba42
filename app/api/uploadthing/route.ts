import { route } from "@/lib/http";
import { handleUploadThing } from "@/lib/uploadthing/handler";

/** UploadThing's SDK: the handshake of a visitor, and UploadThing's own callbacks, which carry its signature. */
export const GET = route("/api/uploadthing", handleUploadThing, { access: "own" });
export const POST = GET;
