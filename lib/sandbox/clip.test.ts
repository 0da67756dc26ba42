import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from "mediabunny";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { NESTED } from "@/e2e/fixtures/models";
import { defaultModel, parseModel } from "@/lib/models/catalogue";
import { renderClip } from "@/lib/sandbox/clip";
import { Encoder } from "@/lib/sandbox/encoder";
import { createPause } from "@/lib/sandbox/film";
import type { Planes } from "@/lib/sandbox/intra";
import { decodePicture, toPlanes } from "@/lib/sandbox/picture";
import { loadReference } from "@/lib/sandbox/references";

const render = (input: Record<string, unknown>) =>
  renderClip({ model: defaultModel(), input, readFile: async (text) => text });

async function probe(bytes: Uint8Array) {
  const file = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
  const video = await file.getPrimaryVideoTrack();
  const audio = await file.getPrimaryAudioTrack();
  if (!video) throw new Error("The file has no pictures");
  const packets = [];
  for await (const packet of new EncodedPacketSink(video).packets()) packets.push(packet);
  return {
    width: await video.getDisplayWidth(),
    height: await video.getDisplayHeight(),
    codec: (await video.getCodecParameterString()) ?? "",
    seconds: await file.computeDuration(),
    audio: audio && {
      codec: await audio.getCodec(),
      channels: await audio.getNumberOfChannels(),
      seconds: await audio.computeDuration(),
    },
    packets,
  };
}

// Design section 6: the short side is the resolution's number.
const SIZES: Record<string, Record<string, [number, number]>> = {
  "540p": { "16:9": [960, 540], "9:16": [540, 960], "4:3": [720, 540], "3:4": [540, 720], "1:1": [540, 540] },
  "720p": { "16:9": [1280, 720], "9:16": [720, 1280], "4:3": [960, 720], "3:4": [720, 960], "1:1": [720, 720] },
  "1080p": {
    "16:9": [1920, 1080],
    "9:16": [1080, 1920],
    "4:3": [1440, 1080],
    "3:4": [1080, 1440],
    "1:1": [1080, 1080],
  },
};
const PAIRS = Object.entries(SIZES).flatMap(([resolution, ratios]) =>
  Object.entries(ratios).map(([ratio, [width, height]]) => ({ resolution, ratio, width, height })),
);

describe("a clip", () => {
  it.each(PAIRS)("is $width x $height for $resolution and $ratio", async ({ resolution, ratio, width, height }) => {
    const audio = ratio === "1:1";
    const { bytes } = await render({ prompt: `A ${ratio} test`, resolution, aspect_ratio: ratio, duration: 1, audio });
    const found = await probe(bytes);
    expect(found).toMatchObject({ width, height });
    expect(found.codec).toMatch(/^avc1\.4d40/);
    expect(Math.abs(found.seconds - 1)).toBeLessThanOrEqual(0.05);
    expect(found.packets).toHaveLength(24);
    expect(found.audio !== null).toBe(audio);
  });

  it.each([1, 5, 16])("of %i s lasts that long, with stereo sound that does not outlast it", async (duration) => {
    const found = await probe(
      (await render({ prompt: "Waves", resolution: "540p", aspect_ratio: "1:1", duration })).bytes,
    );
    expect(Math.abs(found.seconds - duration)).toBeLessThanOrEqual(0.05);
    expect(found.audio).toMatchObject({ codec: "aac", channels: 2 });
    expect(Math.abs((found.audio?.seconds ?? 0) - duration)).toBeLessThanOrEqual(0.05);
    // Somebody who seeks waits for the frames since the last key frame: never more than two and a half seconds' worth.
    const keys = found.packets.filter((packet) => packet.type === "key").map((packet) => packet.timestamp);
    expect(keys[0]).toBe(0);
    expect(Math.max(...[...keys.slice(1), duration].map((at, i) => at - (keys[i] ?? 0)))).toBeLessThanOrEqual(2.5);
  });

  it.each([
    ["the schema's default", {}, true],
    ["audio true", { audio: true }, true],
    ["audio false", { audio: false }, false],
    ["generate_audio false", { generate_audio: false }, false],
  ])("has sound with %s: %o", async (_name, more, hasSound) => {
    const { bytes } = await render({ prompt: "Sound", resolution: "540p", aspect_ratio: "1:1", duration: 1, ...more });
    expect((await probe(bytes)).audio !== null).toBe(hasSound);
  });

  it("is the same for the same input, and another for another seed", async () => {
    const input = { prompt: "A lighthouse", resolution: "540p", aspect_ratio: "1:1", duration: 1 };
    const [one, same, other] = [await render(input), await render(input), await render({ ...input, seed: 7 })];
    expect(Buffer.from(one.bytes).equals(same.bytes)).toBe(true);
    expect(Buffer.from(one.bytes).equals(other.bytes)).toBe(false);
  });

  it("is drawn whatever the prompt holds", async () => {
    const prompt = `永远的灯塔 🌧️ <svg onload="x"> & \u0007 ${"long".repeat(300)} العربية 👩‍👩‍👧`;
    const { bytes } = await render({ prompt, resolution: "540p", aspect_ratio: "9:16", duration: 1, audio: false });
    expect((await probe(bytes)).packets).toHaveLength(24);
  });

  it("lets the server breathe while it is drawn", async () => {
    await render({ prompt: "Warm", resolution: "540p", duration: 1 });
    // In time on the processor, since a busy test machine takes its own pauses.
    const slices: number[] = [];
    let last = process.cpuUsage().user;
    const timer = setInterval(() => {
      const now = process.cpuUsage().user;
      slices.push((now - last) / 1_000);
      last = now;
    }, 1);
    await render({ prompt: "A lighthouse", resolution: "1080p", duration: 1 });
    clearInterval(timer);
    slices.sort((a, b) => b - a);
    // Decoding pictures counts here too, though it happens on threads of its own: hence not the very longest.
    expect(slices[Math.floor(slices.length * 0.05)]).toBeLessThan(30);
    expect(slices[0]).toBeLessThan(150);
  });
});

const uri = (bytes: Buffer, type: string) => `data:image/${type};base64,${bytes.toString("base64")}`;

/** A busy picture of a known size: a gradient with noise on it. */
async function picture(width: number, height: number, tint: string): Promise<Buffer> {
  const noise = { type: "gaussian", mean: 128, sigma: 18 } as const;
  const grain = await sharp({ create: { width, height, channels: 3, background: "#000", noise } })
    .png()
    .toBuffer();
  return sharp({ create: { width, height, channels: 3, background: tint } })
    .composite([{ input: grain, blend: "soft-light" }])
    .jpeg({ quality: 92 })
    .toBuffer();
}

function psnr(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(255 ** 2 / (sum / a.length));
}

describe("a clip made from pictures", () => {
  it.each([
    ["one, wide", [[1600, 800]], 1080, 540],
    ["one, tall", [[500, 900]], 540, 972],
    [
      "two of different shapes: the first counts",
      [
        [900, 900],
        [1600, 900],
      ],
      540,
      540,
    ],
    ["one that is turned by its camera", [[1000, 500]], 540, 1080],
  ] as const)("has the ratio of the first: %s", async (name, sizes, width, height) => {
    const images = await Promise.all(sizes.map(([w, h]) => picture(w, h, "#557799")));
    if (name.includes("turned")) images[0] = await sharp(images[0]).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const image_urls = images.map((image) => uri(image, "jpeg"));
    const { bytes } = await render({ image_urls, resolution: "540p", duration: 1, audio: false });
    expect(await probe(bytes)).toMatchObject({ width, height });
  });

  it("begins and ends with the bare pictures for a quarter of a second", async () => {
    const images = [await picture(1280, 720, "#7a4a2a"), await picture(900, 900, "#2a4a7a")];
    const input = { prompt: "x", resolution: "540p", duration: 1, audio: false };
    const { bytes } = await render({ ...input, image_urls: images.map((image) => uri(image, "jpeg")) });
    const shown = (await probe(bytes)).packets.sort((a, b) => a.timestamp - b.timestamp);
    // Each of the two stretches is one key frame and frames that repeat it.
    for (const [first, image] of [
      [0, images[0]],
      [18, images[1]],
    ] as const) {
      const planes = await toPlanes(await decodePicture(image as Buffer, 960, 540), createPause());
      const still = await new Encoder(960, 540, 24).codeStill(planes, 22, createPause());
      expect(Buffer.from(shown[first]?.data ?? []).subarray(-64)).toEqual(
        Buffer.from(new Encoder(960, 540, 24).first(still)).subarray(-64),
      );
      expect(shown[first]?.type).toBe("key");
      for (let i = 1; i < 6; i++) expect(shown[first + i]?.byteLength).toBeLessThan(32);
      for (const plane of ["y", "u", "v"] as const) {
        expect(psnr(still.decoded[plane], planes[plane])).toBeGreaterThanOrEqual(30);
      }
    }
  });

  it("finds them in fields inside fields", async () => {
    const model = parseModel(JSON.stringify(NESTED), "nested-files.json");
    const still = uri(await picture(500, 900, "#557799"), "jpeg");
    const input = { prompt: "x", mask: { url: still, note: "sky" } };
    const { width, height } = await renderClip({ model, input, readFile: async (text) => text });
    expect([width, height]).toEqual([720, 1296]);
  });

  it("draws a tile for a video or a sound, which says so", async () => {
    const tiles = await Promise.all(
      ["data:video/mp4;seconds=5.2,", "data:video/mp4;seconds=9,", "data:audio/mpeg;seconds=9,"].map(loadReference),
    );
    for (const { ratio } of tiles) expect(ratio).toBeCloseTo(16 / 9);
    expect(new Set(tiles.map(({ bytes }) => bytes.toString("base64"))).size).toBe(3);
  });

  it("draws a tile that names the host of a picture that cannot be had", async () => {
    const refused = await loadReference("https://127.0.0.1/private.png");
    const other = await loadReference("https://[::1]/private.png");
    expect(refused.ratio).toBeCloseTo(16 / 9);
    expect(refused.bytes.equals(other.bytes)).toBe(false);
    expect((await loadReference("data:image/png;base64,AAAA")).ratio).toBeCloseTo(16 / 9);
    expect(
      (
        await loadReference(
          "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20width='30'%20height='10'/%3E",
        )
      ).ratio,
    ).toBe(3);
  });
});

describe("the still coder", () => {
  it.each([0, 12, 23, 35, 48])("rebuilds what a decoder will have, at quantiser %i", async (qp) => {
    const image = await decodePicture(await picture(96, 64, "#7a4a2a"), 96, 64);
    const planes: Planes = await toPlanes(image, createPause());
    const { decoded } = await new Encoder(96, 64, 24).codeStill(planes, qp, createPause());
    const quality = psnr(decoded.y, planes.y);
    expect(quality).toBeGreaterThan(50 - qp * 0.62);
  });
});
