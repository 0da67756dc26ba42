import "server-only";
import type { Generated, Selectable } from "kysely";
import type { Status } from "@/lib/generations/transitions";
import type { Upstream } from "@/lib/spend/schema";
import type { UploadKind } from "@/lib/uploads/schema";

/** Times are milliseconds since 1970, money is millionths, flags are 0 or 1, and JSON is text. */
export type GenerationsTable = {
  id: string;
  /** SHA-256 of the visitor's cookie value. */
  owner: string;
  model: string;
  /** JSON: exactly what is sent to MindVideo as `input`. */
  input: string;
  prompt: string | null;
  batch_id: string | null;
  batch_index: number | null;
  parent_id: string | null;
  status: Status;
  /** When somebody should next do something for this row; null when nothing is left. A future time can be a claim. */
  due_at: number | null;
  payload_hash: string | null;
  attempts: Generated<number>;
  may_have_arrived: Generated<number>;
  /** Polls in a row that brought no answer. */
  poll_failures: Generated<number>;
  /** Since when MindVideo says that it does not know the task. */
  missing_since: number | null;
  created_at: number;
  /** From when the ten minutes count in which a send is tried again: the press, or the last "Check again". */
  send_since: number;
  sent_at: number | null;
  accepted_at: number | null;
  finished_at: number | null;
  task_id: string | null;
  request_id: string | null;
  cost_estimate: number | null;
  cost_actual: number | null;
  /** JSON: `{ kind, url }[]`, the URLs MindVideo gave. */
  outputs: string | null;
  /** JSON: `TaskEvent[]`. */
  events: string | null;
  /** JSON: `AppError`. */
  error: string | null;
  favorite: Generated<number>;
  /** SHA-256 of the token that shares it; null while it is not shared. */
  share_hash: string | null;
  shared_at: number | null;
  /** Whether its reference pictures are shared with it. */
  share_pictures: Generated<number>;
  /** Since when its owner no longer sees it; the row stays until its task is over, and its id for ever. */
  deleted_at: number | null;
  /** Since when its owner no longer waits for it: it counts no more as running. */
  stopped_at: number | null;
  /** What a price is known by: `hashSettings` of model and input; null in rows from before there were prices. */
  settings: string | null;
  /** Who answered when it was pressed, and so whose money it costs; null in rows from before there were prices. */
  upstream: Upstream | null;
  /** The UTC day, as 2026-11-22, whose `spend` rows hold what is reserved for it; null when nothing ever was. */
  spend_day: string | null;
  /** What is reserved for it in `spend`; 0 once it is settled. */
  reserved: Generated<number>;
};

export type GenerationRow = Selectable<GenerationsTable>;

/** Counts in a window of time, for rate limits. */
export type CountersTable = { scope: string; window_start: number; count: number };

/** What a server made once and keeps: secrets, ids. */
export type SettingsTable = { name: string; value: string };

export type Database = {
  generations: GenerationsTable;
  counters: CountersTable;
  settings: SettingsTable;
  sandbox_tasks: SandboxTasksTable;
  uploads: UploadsTable;
  upload_uses: UploadUsesTable;
  upload_arrivals: UploadArrivalsTable;
  spend: SpendTable;
  prices: PricesTable;
  vault: VaultTable;
  servers: ServersTable;
  exports: ExportsTable;
};

/** Who is taking out their work right now: one at a time for each visitor, over all servers. */
export type ExportsTable = { owner: string; claim: string; claimed_until: number };

/**
 * Money by UTC day. `scope` is the upstream and whom it counts for: `mindvideo:all`, `sandbox:<owner>`. Deleting a
 * generation never touches it.
 */
export type SpendTable = { scope: string; day: string; reserved: Generated<number>; spent: Generated<number> };

/** What MindVideo last charged, or estimated, for the same settings of a model. */
export type PricesTable = { upstream: string; model: string; settings: string; cost: number; seen_at: number };

/** Our copies of outputs. */
export type VaultTable = {
  generation: string;
  output_index: number;
  /**
   * `due`: to be copied. `full`: the same, but the disk has no room or cannot be written. `kept`: here. `dropped`: was here
   * and made room, or found none. `failed`: could not be had. `too_large`: larger than one output or the whole vault may be.
   */
  state: "due" | "full" | "kept" | "dropped" | "failed" | "too_large";
  /** When somebody should next do something for it; a future time can be a claim. Null when nothing is left. */
  due_at: number | null;
  attempts: Generated<number>;
  /** Below DATA_DIR/vault; null when it is not there. */
  path: string | null;
  /** UploadThing's key and address; both null for a copy in our own store. */
  host_key: string | null;
  host_url: string | null;
  bytes: number | null;
  /** Judged from the bytes. */
  mime: string | null;
  /** What MindVideo called this version of the file, and when it says that it was last changed. */
  etag: string | null;
  modified_at: number | null;
  kept_at: number | null;
};

export type VaultRow = Selectable<VaultTable>;

/** The servers that share this database. One whose `seen_at` is old is dead. */
export type ServersTable = {
  id: string;
  /** The id that lies in its DATA_DIR: servers with the same one see the same files. */
  data_dir: string;
  started_at: number;
  seen_at: number;
};

/** A visitor's files. The same file of two visitors is two rows, and two files. */
export type UploadsTable = {
  sha256: string;
  owner: string;
  kind: UploadKind;
  /** Judged from the bytes. */
  mime: string;
  bytes: number;
  /** Pixels; null for sound. */
  width: number | null;
  height: number | null;
  /** Null for pictures. */
  duration_ms: number | null;
  /** What the visitor calls it. */
  name: string;
  created_at: number;
  /** Until when a draft may need it, also when no generation does. */
  held_until: number;
  /** UploadThing's key and address; both null for a file in our own store. */
  host_key: string | null;
  host_url: string | null;
};

export type UploadRow = Selectable<UploadsTable>;

/** Which generation was given which file; written with the generation's own row. */
export type UploadUsesTable = { generation: string; sha256: string; owner: string };

/** Files at UploadThing that are no uploads: those told to come, what became of them for a day, and those to be deleted. */
export type UploadArrivalsTable = {
  host_key: string;
  owner: string;
  kind: UploadKind;
  name: string;
  bytes: number;
  created_at: number;
  /** Until when somebody is looking at the file. */
  claimed_until: number | null;
  /** JSON: `{ sha256 }` of the upload it became, or `{ refusal }`; null while that is open. */
  outcome: string | null;
  /** From when the file is to be deleted at UploadThing; null when there is none, or an upload has it. */
  delete_at: number | null;
};

export type UploadArrivalRow = Selectable<UploadArrivalsTable>;

/** What the sandbox remembers of a task; enough to answer and to render it again after a restart. */
export type SandboxTasksTable = {
  id: string;
  request_id: string;
  idempotency_key: string;
  payload_hash: string;
  model: string;
  /** JSON. Pictures that came as data URIs are files beside the clips; here stands `sandbox-file:<sha256>`. */
  input: string;
  cost: number;
  /** POSTs refused so far because of `[rate-limit]`; the task exists once `created_at` is set. */
  refusals: Generated<number>;
  created_at: number | null;
  /** When it was first refused; null for what never was, and for refusals from before this was written down. */
  refused_at: number | null;
  /** When its render began; null for tasks that need none. */
  started_at: number | null;
  /** The earliest moment at which it may be finished. */
  ready_at: number | null;
  /** When its render ended. */
  finished_at: number | null;
  /** Until when another server leaves the render to the one that began it. */
  claimed_until: number | null;
  state: "refused" | "waiting" | "rendered" | "doomed" | "broken";
};
