import "server-only";
import { NextRequest } from "next/server";
import { createRouteHandler } from "uploadthing/next";
import { env, type UploadThing } from "@/lib/env";
import { answer, readText, refuse as refuseCode } from "@/lib/http";
import { log } from "@/lib/log";
import { isUnavailable } from "@/lib/unavailable";
import { uploadRefusal } from "@/lib/uploads/errors";
import { kindOfMime, UPLOAD_REFUSALS, type UploadRefusal } from "@/lib/uploads/policy";
import { callHost, sdkSettings } from "@/lib/uploadthing/client";
import { createArrival } from "@/lib/uploadthing/mutations";
import { createFileRouter } from "@/lib/uploadthing/router";
import { hasAccess } from "@/lib/visitors/access";
import { readVisitor, VISITOR_COOKIE } from "@/lib/visitors/cookie";

type Handler = (request: NextRequest) => Promise<Response>;
/** What the handshake gives to the browser: where to put a file, signed. */
type Handout = { key: string; url: string };

// The handshake of one file and the callback about one are far smaller.
const MAX_BODY_BYTES = 64_000;
// A name that leads nowhere: UploadThing hands these callbacks to the SDK through the answer it has open anyway.
const IN_PROCESS = "http://playground.invalid/api/uploadthing";

let handlers: { GET: Handler; POST: Handler } | undefined;

function sdk(settings: UploadThing) {
  handlers ??= createRouteHandler({
    router: createFileRouter(),
    config: {
      ...sdkSettings(settings),
      // Where the world cannot reach us, UploadThing streams to the SDK what it would have posted, and the SDK posts it to
      // us. It has no need of the network for that, whose way back to this process nobody knows.
      isDev: settings.callbackUrl === null,
      callbackUrl: settings.callbackUrl ?? IN_PROCESS,
      fetch: (input, init) => {
        const isOurs = String(input).startsWith(`${IN_PROCESS}?`);
        const own = () => handlers?.POST(new NextRequest(String(input), init as never));
        return (isOurs && own()) || callHost(String(input), init as RequestInit);
      },
      // A server that stays: neither the browser nor UploadThing waits for what comes after the answer.
      handleDaemonPromise: "void",
    },
  });
  return handlers;
}

/**
 * The SDK's route handler, unchanged, with what it lacks around it: bodies have an end, every key is written down before
 * the browser has it, and a refusal is answered as our own routes do. 404 without a token.
 */
export async function handleUploadThing(request: NextRequest): Promise<Response> {
  const settings = env().uploadThing;
  if (!settings) return new Response(null, { status: 404 });
  // The callbacks carry UploadThing's signature, which the SDK checks; everything else is a visitor's.
  if (!request.headers.has("uploadthing-hook") && !(await hasAccess())) return refuseCode("no_access");
  if (request.method === "GET") return sdk(settings).GET(request);
  const body = await readText(request, MAX_BODY_BYTES);
  if (body === null) return refuse(uploadRefusal("unavailable"), 413);
  const { url, headers } = request;
  try {
    const response = await sdk(settings).POST(new NextRequest(url, { method: "POST", headers, body }));
    if (headers.has("uploadthing-hook")) return response;
    const said: unknown = await response.json();
    if (!response.ok) return refuse(refusalIn(said));
    await remember(request, said as Handout[]);
    return answer(said);
  } catch (error) {
    if (isUnavailable(error)) return refuse(uploadRefusal("unavailable"));
    // Not the error itself: what the SDK throws can hold the key.
    log.error({ event: "uploadthing_failed", reason: error instanceof Error ? error.message : String(error) });
    return refuse(uploadRefusal("unavailable"));
  }
}

const refuse = (error: UploadRefusal, status: number = UPLOAD_REFUSALS[error.code][0]) =>
  answer({ message: error.message, error }, status);

function refusalIn(said: unknown): UploadRefusal {
  const { error } = (said ?? {}) as { error?: UploadRefusal };
  return error && error.code in UPLOAD_REFUSALS ? error : uploadRefusal("unavailable");
}

/** Writes down whose the keys are, by what we have signed of them. */
async function remember(request: NextRequest, handouts: Handout[]): Promise<void> {
  const owner = await readVisitor(request.cookies.get(VISITOR_COOKIE)?.value);
  for (const { key, url } of handouts) {
    const { searchParams } = new URL(url);
    const signed = (name: string) => decodeURIComponent(searchParams.get(`x-ut-file-${name}`) ?? "");
    const kind = kindOfMime(signed("type"));
    if (!owner || !kind) throw new Error("The handshake let something pass");
    await createArrival(
      { host_key: key, owner, kind, name: signed("name"), bytes: Number(signed("size")) },
      Date.now(),
    );
  }
}
