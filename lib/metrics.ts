import "server-only";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    /** Answers by the route as it is written in the code, never by the address that was asked for. */
    requests: new Counter({
      ...{ name: "playground_http_requests_total", help: "Answers by route, method and status", registers },
      labelNames: ["route", "method", "status"],
    }),
    requestSeconds: new Histogram({
      ...{ name: "playground_http_request_seconds", help: "Time to an answer's head", registers },
      labelNames: ["route", "method"],
      buckets: SECONDS,
    }),
    /** `result` is `accepted`, `known` (the same press again) or the code of a refusal. */
    presses: new Counter({
      ...{ name: "playground_presses_total", help: "Presses of Generate by what became of them", registers },
      labelNames: ["result"],
    }),
    /** `kind` is submit, task, events or output; `status` is MindVideo's, or network, timeout, malformed. */
    vendorCalls: new Counter({
      ...{ name: "playground_vendor_calls_total", help: "Requests to MindVideo by kind and status", registers },
      labelNames: ["kind", "status"],
    }),
    vendorSeconds: new Histogram({
      ...{ name: "playground_vendor_call_seconds", help: "How long MindVideo took", registers },
      labelNames: ["kind"],
      buckets: SECONDS,
    }),
    /** `of` is what was claimed: step, copy, render. Lost: somebody else was first. */
    claims: new Counter({
      ...{ name: "playground_claims_total", help: "Claims won and lost", registers },
      labelNames: ["of", "outcome"],
    }),
    sweepRounds: new Counter({
      ...{ name: "playground_sweep_rounds_total", help: "Rounds of the sweep by chore and result", registers },
      labelNames: ["chore", "result"],
    }),
    /** `result` is kept, dropped, failed, too_large or postponed. */
    vaultCopies: new Counter({
      ...{ name: "playground_vault_copies_total", help: "Outputs copied, by result", registers },
      labelNames: ["result"],
    }),
    vaultBytes: new Counter({ name: "playground_vault_bytes_total", help: "Bytes of outputs copied", registers }),
    vaultDrops: new Counter({ name: "playground_vault_drops_total", help: "Copies dropped to make room", registers }),
    uploadsBytes: new Gauge({
      ...{ name: "playground_uploads_bytes", help: "What uploads take in DATA_DIR, as last counted", registers },
    }),
    databaseUp: new Gauge({ name: "playground_database_up", help: "Whether the database answers", registers }),
    servers: new Gauge({ name: "playground_servers", help: "Live servers on this database", registers }),
  };
}

type Metrics = ReturnType<typeof createMetrics>;

// On `globalThis` for the same reason as the database: Next bundles pages, routes and instrumentation apart.
const shared = globalThis as { playgroundMetrics?: Metrics };

/** What this server counts, told by `/metrics`. No label holds anything a visitor or MindVideo chose. */
export function metrics(): Metrics {
  shared.playgroundMetrics ??= createMetrics();
  return shared.playgroundMetrics;
}
