import "server-only";
import type { Generated, Insertable, Selectable } from "kysely";
import type { Status } from "@/lib/generations/transitions";
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
  share_hash: string | null;
  deleted_at: number | null;
};

export type GenerationRow = Selectable<GenerationsTable>;
export type NewGenerationRow = Insertable<GenerationsTable>;

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
