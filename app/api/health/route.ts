import { sql } from "kysely";
import { db } from "@/lib/db/client";
import { env } from "@/lib/env";
import { route } from "@/lib/http";
import { version } from "@/package.json";

/** Whether this server can do its work, for a load balancer and for scripts that wait for it. */
export const GET = route(
  "/api/health",
  async () => {
    const { upstream, databaseUrl } = env();
    await sql`select 1`.execute(await db());
    return Response.json({ ok: true, version, upstream, database: databaseUrl ? "postgres" : "sqlite" });
  },
  { access: "own" },
);
