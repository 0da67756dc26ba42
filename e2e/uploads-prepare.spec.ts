import { writeFileSync } from "node:fs";
import sharp, { type Sharp } from "sharp";
import { SENT_IMAGE_SIDE_PX, UPLOAD_POLICY } from "../lib/uploads/policy";
import type { Upload } from "../lib/uploads/schema";
import { PHOTO_HEIGHT, PHOTO_WIDTH, photo, QUARTERS } from "./fixtures/photo";
import { Screen } from "./fixtures/screen";
import { expect, test } from "./fixtures/test";

// What leaves the browser: whatever a camera or a person brings arrives upright, small, and without what it says of them.

/** Far from each other quarter, near enough for grain and compression. */
const COLOUR_TOLERANCE = 30;

/** How the pixels lie in the file for each EXIF orientation, so that a reader who follows it sees the photo upright. */
const LIES: Record<number, (photo: Sharp) => Sharp> = {
  1: (photo) => photo,
  2: (photo) => photo.flop(),
  3: (photo) => photo.rotate(180),
  4: (photo) => photo.flip(),
  5: (photo) => photo.rotate(270).flop(),
  6: (photo) => photo.rotate(270),
  7: (photo) => photo.rotate(90).flop(),
  8: (photo) => photo.rotate(90),
};

const ORIENTATIONS = Object.keys(LIES).map(Number);
const small = (width = 320) => sharp({ create: { width, height: 240, channels: 3, background: "#c83232" } });
const clear = () => sharp({ create: { width: 3_000, height: 2_000, channels: 4, background: "#c8323280" } });

function box(type: string, ...parts: Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0));
  head.write(type, 4, "latin1");
  return Buffer.concat([head, ...parts]);
}

/** The outside of a HEIC photo; what is inside, no browser here could draw anyway. */
function heic(): Buffer {
  const size = Buffer.from([0, 0, 0, 0, 0, 0, 0x0f, 0xa0, 0, 0, 0x0b, 0xb8]);
  const sizes = box("iprp", box("ipco", box("ispe", size)));
  return Buffer.concat([box("ftyp", Buffer.from("heic\0\0\0\0mif1heic")), box("meta", Buffer.alloc(4), sizes)]);
}

/** A PNG of a few bytes that says it has 60 megapixels. It cannot be drawn, so whoever tried would call it damaged. */
async function bomb(): Promise<Buffer> {
  const png = await small().png().toBuffer();
  png.writeUInt32BE(10_000, 16);
  png.writeUInt32BE(6_000, 20);
  return png.subarray(0, 60);
}

test("what is picked arrives upright, small and without metadata, as JPEG or PNG", async ({ page }, info) => {
  const screen = await new Screen(page).open();
  await screen.openAdvanced();
  const input = page.locator("input[type=file]").and(page.getByLabel("Reference images", { exact: true }));
  const here = page.locator("[data-state=here]");
  /** Picks files, waits until each is here, and takes them out of the form again. */
  const bring = async (paths: string[]) => {
    await input.setInputFiles(paths);
    await expect(here).toHaveCount(paths.length);
    for (const _ of paths)
      await page
        .getByRole("button", { name: /^Remove / })
        .first()
        .click();
    await expect(here).toHaveCount(0);
  };
  const stored = async (): Promise<Map<string, { upload: Upload; bytes: Buffer }>> => {
    const { uploads } = (await (await page.request.get("/api/uploads")).json()) as { uploads: Upload[] };
    const files = uploads.map(async (upload) => {
      const file = await page.request.get(`/api/uploads/${upload.sha256}`);
      return [upload.name, { upload, bytes: await file.body() }] as const;
    });
    return new Map(await Promise.all(files));
  };

  const raw = await photo().jpeg({ quality: 90 }).toBuffer();

  await test.step("a 12-megapixel photo in each EXIF orientation", async () => {
    const paths: string[] = [];
    for (const orientation of ORIENTATIONS) {
      const lie = LIES[orientation]?.(sharp(raw)).jpeg({ quality: 90 });
      const file = await lie
        ?.withExif({ IFD0: { Make: "A camera" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "52/1 31/1 0/1" } })
        .withMetadata({ orientation })
        .toBuffer();
      if (!file) throw new Error("no photo");
      expect(file.length, "so large that it must shrink").toBeGreaterThan(UPLOAD_POLICY.image.maxBytes);
      const path = info.outputPath(`turned-${orientation}.jpg`);
      writeFileSync(path, file);
      paths.push(path);
    }
    for (let at = 0; at < paths.length; at += 2) await bring(paths.slice(at, at + 2));
    const files = await stored();
    for (const orientation of ORIENTATIONS) {
      const file = files.get(`turned-${orientation}.jpg`);
      if (!file) throw new Error(`orientation ${orientation} has not arrived`);
      const seen = sharp(file.bytes);
      const { width, height, format, exif, xmp, iptc, orientation: told } = await seen.metadata();
      expect({ width, height, format, exif, xmp, iptc, told }).toEqual({
        width: SENT_IMAGE_SIDE_PX,
        height: (SENT_IMAGE_SIDE_PX * PHOTO_HEIGHT) / PHOTO_WIDTH,
        format: "jpeg",
      });
      expect(file.bytes.length).toBeLessThanOrEqual(UPLOAD_POLICY.image.maxBytes);
      const corners = await seen.resize(2, 2, { kernel: "nearest" }).raw().toBuffer();
      for (const [at, part] of [...corners].entries()) {
        const wanted = QUARTERS[Math.floor(at / 3)]?.[at % 3] ?? Number.NaN;
        expect(Math.abs(part - wanted), `orientation ${orientation}, quarter ${Math.floor(at / 3)}`).toBeLessThan(
          COLOUR_TOLERANCE,
        );
      }
    }
  });

  await test.step("other kinds of pictures", async () => {
    // Each of its own size: the same bytes from two files would be one upload.
    const kinds: Record<string, [file: Sharp, format: string, width: number]> = {
      "a.webp": [small().webp(), "jpeg", 320],
      "a.gif": [small(330).gif(), "jpeg", 330],
      "a.avif": [small(340).avif(), "jpeg", 340],
      "opaque.png": [small(350).png(), "jpeg", 350],
      "clear.png": [clear().png(), "png", SENT_IMAGE_SIDE_PX],
      "clear.webp": [clear().resize(300).webp(), "png", 300],
    };
    const paths: string[] = [];
    for (const [name, [file]] of Object.entries(kinds)) {
      const path = info.outputPath(name);
      await file.toFile(path);
      paths.push(path);
    }
    for (let at = 0; at < paths.length; at += 2) await bring(paths.slice(at, at + 2));
    const files = await stored();
    for (const [name, [, format, width]] of Object.entries(kinds)) {
      const file = files.get(name);
      expect(await sharp(file?.bytes).metadata(), name).toMatchObject({ format, width });
      expect(file?.upload.mime, name).toBe(`image/${format}`);
    }
  });

  await test.step("what cannot come in says why, and stands in nobody's way", async () => {
    const refused: [name: string, file: Buffer, sentence: RegExp][] = [
      ["IMG_1.HEIC", heic(), /HEIC photo, which this browser cannot read.*Most Compatible/],
      ["huge.png", await bomb(), /60 megapixels; up to 50 are taken/],
      ["cut.jpg", raw.subarray(0, 100_000), /damaged.*Export it again/],
      ["words.png", Buffer.from("not a picture"), /no JPEG, PNG, WebP, GIF, AVIF or HEIC picture/],
    ];
    for (const [name, file, sentence] of refused) {
      await input.setInputFiles({ name, mimeType: "", buffer: file });
      const failed = page.locator("[data-state=failed]");
      await expect(failed.getByText(sentence)).toBeVisible();
      await expect(failed.getByRole("button", { name: /Retry/ })).toHaveCount(0);
      await page.getByRole("button", { name: "Remove first frame" }).click();
    }
    await input.setInputFiles({ name: "nothing.png", mimeType: "image/png", buffer: Buffer.alloc(0) });
    await expect(page.getByText(/“nothing.png” is empty/).first()).toBeVisible();
    await expect(page.locator("[data-state]")).toHaveCount(0);
    await screen.press("a lighthouse");
    await screen.says("Done");
  });
});
