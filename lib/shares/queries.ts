import "server-only";
import { toGeneration } from "@/lib/generations/queries";
import type { Generation, OutputKind } from "@/lib/generations/schema";
import type { Status } from "@/lib/generations/transitions";
import { getModel } from "@/lib/models/catalogue";
import { filesOf } from "@/lib/models/request";
import type { Model } from "@/lib/models/schema";
import { type Asking, findVisible } from "@/lib/shares/access";
import { sharedOutputPath, sharedThumbPath } from "@/lib/shares/schema";
import { previewPath, shaOfRef } from "@/lib/uploads/schema";

/** What the page of one generation shows. A guest is not told what it cost, or anything that names its owner or its task. */
export type SharedView = {
  status: Status;
  model: Model | null;
  modelName: string;
  prompt: string | null;
  input: Record<string, unknown>;
  madeAt: number;
  tookMs: number | null;
  output: { kind: OutputKind; url: string } | null;
  /** Where its reference pictures are had; none unless they are shared with it. */
  pictures: string[];
  /** The whole of it, for its owner alone. */
  own: Generation | null;
};

/** What `asking` may see of a generation on its own page; null when that is nothing. */
export async function sharedView(id: string, asking: Asking): Promise<SharedView | null> {
  const visible = await findVisible(id, asking);
  if (!visible) return null;
  const { row, as } = visible;
  const generation = await toGeneration(row);
  const token = as === "owner" ? null : asking.token;
  const model = getModel(row.model) ?? null;
  const output = generation.outputs.find(({ kind }) => kind === "video") ?? generation.outputs[0];
  const hasPictures = as === "owner" || row.share_pictures === 1;
  return {
    status: row.status,
    model,
    modelName: generation.modelName,
    prompt: row.prompt,
    input: generation.input,
    madeAt: row.created_at,
    tookMs: row.finished_at === null ? null : row.finished_at - row.created_at,
    output: output ? { kind: output.kind, url: sharedOutputPath(row.id, output.index, token) } : null,
    pictures: hasPictures && model ? picturesOf(model, generation, token) : [],
    own: as === "owner" ? generation : null,
  };
}

function picturesOf(model: Model, { id, input }: Generation, token: string | null): string[] {
  return filesOf(model, input).flatMap(({ value, kinds }) => {
    if (!kinds.includes("image")) return [];
    const sha256 = shaOfRef(value);
    return sha256 ? sharedThumbPath(id, sha256, token) : previewPath(value);
  });
}
