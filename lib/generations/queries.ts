import "server-only";
import type { GenerationRow, VaultRow } from "@/lib/db/schema";
import { listOwned } from "@/lib/generations/data";
import {
  type Generation,
  type GenerationsPage,
  type Keep,
  type OutputKind,
  outputPath,
} from "@/lib/generations/schema";
import { getModel } from "@/lib/models/catalogue";
import { listCopies } from "@/lib/outputs/data";

const PAGE_SIZE = 24;
const MAX_PAGE_SIZE = 100;

/** What a row's owner may know of it: nothing of the owner, the claims, or the vendor's own links. */
export async function toGeneration(row: GenerationRow): Promise<Generation> {
  const [generation] = await toGenerations([row]);
  return generation as Generation;
}

/** The same for many rows, in their order, with one look at the vault. */
export async function toGenerations(rows: readonly GenerationRow[]): Promise<Generation[]> {
  const copies = await listCopies(rows.flatMap(({ id, outputs }) => (outputs === null ? [] : id)));
  const byOutput = new Map(copies.map((copy) => [`${copy.generation} ${copy.output_index}`, copy]));
  return rows.map((row) => shownAs(row, (index) => byOutput.get(`${row.id} ${index}`)));
}

function keepOf(copy: VaultRow | undefined): Keep {
  if (!copy) return { state: "link", why: "failed" };
  if (copy.state === "kept") return { state: "kept" };
  return copy.state === "due" ? { state: "pending" } : { state: "link", why: copy.state };
}

function shownAs(row: GenerationRow, copyOf: (index: number) => VaultRow | undefined): Generation {
  const outputs = parse<{ kind: OutputKind }[]>(row.outputs, []);
  return {
    id: row.id,
    model: row.model,
    modelName: getModel(row.model)?.name ?? row.model,
    input: parse<Record<string, unknown>>(row.input, {}),
    status: row.status,
    createdAt: row.created_at,
    sentAt: row.sent_at,
    acceptedAt: row.accepted_at,
    finishedAt: row.finished_at,
    taskId: row.task_id,
    requestId: row.request_id,
    costEstimate: row.cost_estimate,
    costActual: row.cost_actual,
    outputs: outputs.map(({ kind }, index) => ({
      index,
      kind,
      url: outputPath(row.id, index),
      keep: keepOf(copyOf(index)),
    })),
    events: parse<Generation["events"]>(row.events, []),
    error: parse<Generation["error"]>(row.error, null),
    favorite: row.favorite === 1,
    parentId: row.parent_id,
    stoppedAt: row.stopped_at,
    shared: row.shared_at === null ? null : { at: row.shared_at, pictures: row.share_pictures === 1 },
  };
}

function parse<T>(json: string | null, nothing: T): T {
  return json === null ? nothing : (JSON.parse(json) as T);
}

/** A page of a visitor's history, newest first. `before` is the `next` of the page above; anything unreadable starts at the top. */
export async function listGenerations(
  owner: string,
  options: { before?: string | null; limit?: number } = {},
): Promise<GenerationsPage> {
  const limit = Math.min(Math.max(options.limit ?? PAGE_SIZE, 1), MAX_PAGE_SIZE);
  const rows = await listOwned(owner, limit + 1, parseKey(options.before ?? null));
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    generations: await toGenerations(shown),
    next: rows.length > limit && last ? `${last.created_at}.${last.id}` : null,
  };
}

function parseKey(key: string | null): { createdAt: number; id: string } | null {
  const match = key?.match(/^(\d{1,15})\.([0-9a-f-]{36})$/);
  return match?.[1] && match[2] ? { createdAt: Number(match[1]), id: match[2] } : null;
}

/** The generations a visitor's page starts with, newest first. */
export async function recentGenerations(owner: string): Promise<Generation[]> {
  return (await listGenerations(owner)).generations;
}
