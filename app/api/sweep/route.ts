import { after } from "next/server";
import { env } from "@/lib/env";
import { answer, refuse, route } from "@/lib/http";
import { refuseBearer } from "@/lib/servers/access";
import { isDatabaseThere } from "@/lib/servers/data";
import { SWEEP_ANSWER_MS } from "@/lib/servers/policy";
import { sweepOnce } from "@/lib/servers/sweep";

/** The sweep, for a host whose processes sleep between requests: a clock calls it. Answers what was done. */
const sweep = route(
  "/api/sweep",
  async (request) => {
    const refusal = refuseBearer(request, env().cronSecret);
    if (refusal) return refusal;
    if (!(await isDatabaseThere())) return refuse("unavailable");
    const { done, work } = await sweepOnce(SWEEP_ANSWER_MS);
    after(() => work);
    return answer({ done });
  },
  { access: "own" },
);

export { sweep as GET, sweep as POST };
