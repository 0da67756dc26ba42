import { env } from "@/lib/env";
import { route } from "@/lib/http";
import { metrics } from "@/lib/metrics";
import { refuseBearer } from "@/lib/servers/access";

/** What this one server has counted since it started, as Prometheus reads it. */
export const GET = route(
  "/metrics",
  async (request) => {
    const refusal = refuseBearer(request, env().metricsToken);
    if (refusal) return refusal;
    const { registry } = metrics();
    return new Response(await registry.metrics(), {
      headers: { "Content-Type": registry.contentType, "Cache-Control": "no-store" },
    });
  },
  { access: "own" },
);
