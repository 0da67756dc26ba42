import "server-only";
import { randomUUID } from "node:crypto";
import { makeZip } from "client-zip";
import { isExporting } from "@/lib/exports/data";
import { claimExport, releaseExport, renewExport } from "@/lib/exports/mutations";
import { EXPORT_IDLE_MS, EXPORT_RENEW_MS, MAX_EXPORTS } from "@/lib/exports/policy";
import { everything } from "@/lib/exports/service";
import { answer } from "@/lib/http";
import { log } from "@/lib/log";

// On `globalThis` because Next bundles routes apart.
const shared = globalThis as { playgroundExports?: { running: number } };
const places = () => {
  shared.playgroundExports ??= { running: 0 };
  return shared.playgroundExports;
};

const RETRY_SECONDS = "30";

function busy(message: string): Response {
  const refused = answer({ error: { code: "export_busy", message } }, 429);
  refused.headers.set("Retry-After", RETRY_SECONDS);
  return refused;
}

const YOURS = "Your work is being taken out already. When that download has ended, or was cancelled, begin another.";
const OTHERS = "Others are taking out their work right now. Try again in a few minutes.";

/**
 * All of a visitor's work as one ZIP, written while it is read: never more of it than a few pieces is in memory, and when the
 * download ends, however it ends, everything that was open for it is closed. 429 while one runs already. HEAD only says
 * whether it would begin.
 */
export async function serveExport(owner: string, request: Request): Promise<Response> {
  const [now, open] = [Date.now(), places()];
  if (request.method === "HEAD") {
    if (await isExporting(owner, now)) return busy(YOURS);
    return open.running >= MAX_EXPORTS ? busy(OTHERS) : new Response(null, { headers: headersAt(now) });
  }
  if (open.running >= MAX_EXPORTS) return busy(OTHERS);
  // Counted before the first await, so that no two take the last place.
  open.running++;
  const claim = randomUUID();
  const leave = async () => {
    open.running--;
    await releaseExport(owner, claim);
  };
  try {
    if (!(await claimExport(owner, claim, now))) {
      open.running--;
      return busy(YOURS);
    }
  } catch (error) {
    open.running--;
    throw error;
  }
  return new Response(archive(owner, claim, now, leave), { headers: headersAt(now) });
}

const headersAt = (now: number) => ({
  "Content-Type": "application/zip",
  "Content-Disposition": `attachment; filename="mindvideo-playground-${new Date(now).toISOString().slice(0, 10)}.zip"`,
  "Cache-Control": "private, no-store",
  "X-Content-Type-Options": "nosniff",
});

function archive(owner: string, claim: string, now: number, leave: () => Promise<void>): ReadableStream<Uint8Array> {
  const [stop, tally] = [new AbortController(), { files: 0, missing: 0 }];
  const entries = everything(owner, now, stop.signal, tally);
  // Without `throw`: what is still open is closed below, whichever file it is.
  const zip = makeZip({ [Symbol.asyncIterator]: () => ({ next: () => entries.next() }) }).getReader();
  let [hasEnded, bytes] = [false, 0];
  let idle: NodeJS.Timeout | undefined;
  const renewal = setInterval(
    () => renewExport(owner, claim, Date.now()).catch((error) => log.warn({ event: "export_not_renewed", err: error })),
    EXPORT_RENEW_MS,
  ).unref();

  const end = async (event: "export_done" | "export_stopped" | "export_failed", error?: unknown) => {
    if (hasEnded) return;
    hasEnded = true;
    clearInterval(renewal);
    clearTimeout(idle);
    log[error ? "error" : "info"]({ event, ...tally, bytes, ms: Date.now() - now, err: error });
    stop.abort();
    await zip.cancel().catch(() => {});
    await entries.return(undefined).catch(() => {});
    await leave().catch((error) => log.warn({ event: "export_not_released", err: error }));
  };

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const giveUp = () => {
          void end("export_stopped");
          controller.error(new Error("Nobody reads this download"));
        };
        idle = setTimeout(giveUp, EXPORT_IDLE_MS).unref();
      },
      async pull(controller) {
        idle?.refresh();
        try {
          const { done, value } = await zip.read();
          if (hasEnded) return;
          if (done) {
            await end("export_done");
            return controller.close();
          }
          bytes += value.byteLength;
          controller.enqueue(value);
        } catch (error) {
          await end("export_failed", error);
          controller.error(error);
        }
      },
      cancel: () => end("export_stopped"),
    },
    { highWaterMark: 0 },
  );
}
