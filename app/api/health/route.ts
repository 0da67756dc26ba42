import { env } from "@/lib/env";
import { RETRY_AFTER_SECONDS, route } from "@/lib/http";
import { isDatabaseThere } from "@/lib/servers/data";
import { isStopping } from "@/lib/servers/service";
import { version } from "@/package.json";

/** Whether this server can do its work, for a load balancer and for scripts that wait for it: 503 when it cannot, or leaves. */
export const GET = route(
  "/api/health",
  async () => {
    const { upstream, databaseUrl } = env();
    const ok = !isStopping() && (await isDatabaseThere());
    const facts = { ok, version, upstream, database: databaseUrl ? "postgres" : "sqlite" };
    const headers = { "Cache-Control": "no-store", ...(ok ? {} : { "Retry-After": String(RETRY_AFTER_SECONDS) }) };
    return Response.json(facts, { status: ok ? 200 : 503, headers });
  },
  { access: "own" },
);
