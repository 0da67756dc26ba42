import "server-only";
import { type Kysely, type Migration, sql } from "kysely";

/**
 * Every change of the tables, oldest first. SQLite and Postgres run the same ones: `bigint` for times and money,
 * `text` for JSON, `integer` for flags.
 */
export const MIGRATIONS: Record<string, Migration> = {
  "001-generations": {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable("generations")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("model", "text", (column) => column.notNull())
        .addColumn("input", "text", (column) => column.notNull())
        .addColumn("prompt", "text")
        .addColumn("batch_id", "text")
        .addColumn("batch_index", "integer")
        .addColumn("parent_id", "text")
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("due_at", "bigint")
        .addColumn("payload_hash", "text")
        .addColumn("attempts", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("may_have_arrived", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("poll_failures", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("missing_since", "bigint")
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("send_since", "bigint", (column) => column.notNull())
        .addColumn("sent_at", "bigint")
        .addColumn("accepted_at", "bigint")
        .addColumn("finished_at", "bigint")
        .addColumn("task_id", "text")
        .addColumn("request_id", "text")
        .addColumn("cost_estimate", "bigint")
        .addColumn("cost_actual", "bigint")
        .addColumn("outputs", "text")
        .addColumn("events", "text")
        .addColumn("error", "text")
        .addColumn("favorite", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("share_hash", "text")
        .addColumn("deleted_at", "bigint")
        .execute();
      await db.schema
        .createIndex("generations_owner_created")
        .on("generations")
        .columns(["owner", "created_at", "id"])
        .execute();
      await db.schema.createIndex("generations_due").on("generations").column("due_at").execute();
      await db.schema
        .createIndex("generations_model_finished")
        .on("generations")
        .columns(["model", "status", "finished_at"])
        .execute();
      await db.schema
        .createTable("counters")
        .addColumn("scope", "text", (column) => column.notNull())
        .addColumn("window_start", "bigint", (column) => column.notNull())
        .addColumn("count", "integer", (column) => column.notNull())
        .addPrimaryKeyConstraint("counters_pk", ["scope", "window_start"])
        .execute();
      await db.schema
        .createTable("settings")
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("value", "text", (column) => column.notNull())
        .execute();
    },
  },
  "002-sandbox": {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable("sandbox_tasks")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("request_id", "text", (column) => column.notNull())
        .addColumn("idempotency_key", "text", (column) => column.notNull().unique())
        .addColumn("payload_hash", "text", (column) => column.notNull())
        .addColumn("model", "text", (column) => column.notNull())
        .addColumn("input", "text", (column) => column.notNull())
        .addColumn("cost", "bigint", (column) => column.notNull())
        .addColumn("refusals", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("created_at", "bigint")
        .addColumn("started_at", "bigint")
        .addColumn("ready_at", "bigint")
        .addColumn("finished_at", "bigint")
        .addColumn("claimed_until", "bigint")
        .addColumn("state", "text", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("sandbox_tasks_state").on("sandbox_tasks").columns(["state", "created_at"]).execute();
    },
  },
  "003-uploads": {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable("uploads")
        .addColumn("sha256", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("mime", "text", (column) => column.notNull())
        .addColumn("bytes", "bigint", (column) => column.notNull())
        .addColumn("width", "integer")
        .addColumn("height", "integer")
        .addColumn("duration_ms", "bigint")
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("held_until", "bigint", (column) => column.notNull())
        .addColumn("host_key", "text")
        .addColumn("host_url", "text")
        .addPrimaryKeyConstraint("uploads_pk", ["sha256", "owner"])
        .execute();
      await db.schema
        .createIndex("uploads_owner_created")
        .on("uploads")
        .columns(["owner", "created_at", "sha256"])
        .execute();
      await db.schema.createIndex("uploads_held").on("uploads").column("held_until").execute();
      await db.schema
        .createTable("upload_uses")
        .addColumn("generation", "text", (column) => column.notNull())
        .addColumn("sha256", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("upload_uses_pk", ["generation", "sha256"])
        .execute();
      await db.schema.createIndex("upload_uses_file").on("upload_uses").columns(["sha256", "owner"]).execute();
      await db.schema
        .createTable("upload_arrivals")
        .addColumn("host_key", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("bytes", "bigint", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("claimed_until", "bigint")
        .addColumn("outcome", "text")
        .addColumn("delete_at", "bigint")
        .execute();
      await db.schema.createIndex("upload_arrivals_delete").on("upload_arrivals").column("delete_at").execute();
    },
  },
  "004-spend": {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable("spend")
        .addColumn("scope", "text", (column) => column.notNull())
        .addColumn("day", "text", (column) => column.notNull())
        .addColumn("reserved", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("spent", "bigint", (column) => column.notNull().defaultTo(0))
        .addPrimaryKeyConstraint("spend_pk", ["scope", "day"])
        .execute();
      await db.schema
        .createTable("prices")
        .addColumn("upstream", "text", (column) => column.notNull())
        .addColumn("model", "text", (column) => column.notNull())
        .addColumn("settings", "text", (column) => column.notNull())
        .addColumn("cost", "bigint", (column) => column.notNull())
        .addColumn("seen_at", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("prices_pk", ["upstream", "model", "settings"])
        .execute();
      await db.schema.alterTable("generations").addColumn("settings", "text").execute();
      await db.schema.alterTable("generations").addColumn("upstream", "text").execute();
      await db.schema.alterTable("generations").addColumn("spend_day", "text").execute();
      await db.schema
        .alterTable("generations")
        .addColumn("reserved", "bigint", (column) => column.notNull().defaultTo(0))
        .execute();
    },
  },
  "005-vault": {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable("vault")
        .addColumn("generation", "text", (column) => column.notNull())
        .addColumn("output_index", "integer", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("due_at", "bigint")
        .addColumn("attempts", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("path", "text")
        .addColumn("host_key", "text")
        .addColumn("host_url", "text")
        .addColumn("bytes", "bigint")
        .addColumn("mime", "text")
        .addColumn("etag", "text")
        .addColumn("modified_at", "bigint")
        .addColumn("kept_at", "bigint")
        .addPrimaryKeyConstraint("vault_pk", ["generation", "output_index"])
        .execute();
      await db.schema.createIndex("vault_due").on("vault").column("due_at").execute();
      await db.schema.createIndex("vault_kept").on("vault").columns(["state", "kept_at"]).execute();
      await copyWhatWasMade(db);
    },
  },
  "006-many-servers": {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable("servers")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("data_dir", "text", (column) => column.notNull())
        .addColumn("started_at", "bigint", (column) => column.notNull())
        .addColumn("seen_at", "bigint", (column) => column.notNull())
        .execute();
    },
  },
  "007-visitors": {
    async up(db: Kysely<never>) {
      await db.schema
        .alterTable("generations")
        .addColumn("share_pictures", "integer", (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema.alterTable("generations").addColumn("shared_at", "bigint").execute();
      await db.schema.alterTable("generations").addColumn("stopped_at", "bigint").execute();
      // Few at any time: hidden from their owner, and not yet a tombstone.
      await db.schema
        .createIndex("generations_hidden")
        .on("generations")
        .column("deleted_at")
        .where(sql.ref("deleted_at"), "is not", null)
        .where(sql.ref("owner"), "!=", sql.lit(""))
        .execute();
      await db.schema
        .createTable("exports")
        .addColumn("owner", "text", (column) => column.primaryKey())
        .addColumn("claim", "text", (column) => column.notNull())
        .addColumn("claimed_until", "bigint", (column) => column.notNull())
        .execute();
    },
  },
  "008-room": {
    async up(db: Kysely<never>) {
      // What our own store holds is added up at every upload, from this alone: SQLite reads the rows where the index lacks a
      // column of its own condition.
      await db.schema
        .createIndex("uploads_stored")
        .on("uploads")
        .columns(["bytes", "host_key"])
        .where(sql.ref("host_key"), "is", null)
        .execute();
      await db.schema.alterTable("sandbox_tasks").addColumn("refused_at", "bigint").execute();
    },
  },
};

/** What was made before there was a vault is copied too, as far as its links still live. */
async function copyWhatWasMade(db: Kysely<never>): Promise<void> {
  const { rows } = await sql<{ id: string; outputs: string; finished_at: number }>`
    select id, outputs, finished_at from generations
    where status = 'succeeded' and outputs is not null and deleted_at is null`.execute(db);
  for (const { id, outputs, finished_at } of rows) {
    for (const [index] of (JSON.parse(outputs) as unknown[]).entries()) {
      await sql`insert into vault (generation, output_index, state, due_at)
        values (${id}, ${index}, 'due', ${finished_at})`.execute(db);
    }
  }
}
