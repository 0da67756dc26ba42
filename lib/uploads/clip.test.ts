import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { mp4, webMp4 } from "@/e2e/fixtures/media-files";
import { judgeClip } from "@/lib/uploads/clip";

// Every other kind of file is in e2e/uploads-table.spec.ts.
function put(bytes: Buffer): string {
  const file = path.join(process.env.DATA_DIR ?? "", "clip");
  writeFileSync(file, bytes);
  return file;
}

it("says what a clip is", async () => {
  expect(await judgeClip(put(mp4()))).toEqual({
    ...{ kind: "video", mime: "video/mp4", width: 540, height: 540, durationMs: 1_000 },
  });
});

it("gives up a file that is made to be counted for minutes, and nothing else waits for it", async () => {
  const clip = await webMp4();
  // Four billion samples in the first chunk, says its table.
  clip.writeUInt32BE(0xffff_ffff, clip.indexOf("stsc") + 16);
  let turns = 0;
  const ticking = setInterval(() => turns++, 10);
  await expect(judgeClip(put(clip), 500)).rejects.toMatchObject({ refusal: { code: "broken" } });
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(10);
});
