import "server-only";
import { registerAacEncoder } from "@mediabunny/aac-encoder";
import {
  AudioSample,
  AudioSampleSource,
  BufferTarget,
  canEncodeAudio,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import { type CodedStill, Encoder, GROUP_FRAMES_MAX } from "@/lib/sandbox/encoder";
import type { Planes } from "@/lib/sandbox/intra";
import type { MoveAt } from "@/lib/sandbox/motion";

export const FRAMES_PER_SECOND = 24;
export const SAMPLE_RATE = 48_000;
/** How long a render keeps the server's event loop for itself. */
const SLICE_MS = 12;
const AUDIO_BITRATE = 96_000;
const AUDIO_CHUNK_SAMPLES = SAMPLE_RATE;

/**
 * A stretch of film. "hold" shows one still. "move" leads from one still to another: `moveAt(share)` says where each
 * macroblock comes from at a share (0 to 1) of the way between two neighbouring stills.
 */
export type Stretch =
  | { kind: "hold"; frames: number; still: () => Promise<Planes> | Planes }
  | {
      kind: "move";
      frames: number;
      /** The picture at a share of the whole stretch, 0 to 1. */
      still: (share: number) => Promise<Planes> | Planes;
      /** How to get to `share` from the stills at `before` and `after`. All are shares of the whole stretch. */
      moveAt: (share: number, before: number, after: number) => MoveAt;
    };

export type Film = {
  width: number;
  height: number;
  stretches: Stretch[];
  /** Interleaved stereo; null for a silent film without an audio track. */
  sound: Float32Array | null;
  qp: number;
};

export type Pause = () => Promise<void> | null;

/** A promise to await when the event loop has been kept long enough; null while there is time. */
export function createPause(): Pause {
  let since = performance.now();
  return () => {
    if (performance.now() - since < SLICE_MS) return null;
    return new Promise((resolve) =>
      setImmediate(() => {
        since = performance.now();
        resolve();
      }),
    );
  };
}

let hasAac: Promise<void> | null = null;
async function requireAac(): Promise<void> {
  hasAac ??= canEncodeAudio("aac").then((can) => {
    if (!can) registerAacEncoder();
  });
  await hasAac;
}

/** Codes a film and puts it into an MP4 file that plays while it loads. */
export async function writeFilm(film: Film): Promise<Uint8Array> {
  const { width, height } = film;
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const video = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(video, { frameRate: FRAMES_PER_SECOND });
  let audio: AudioSampleSource | null = null;
  if (film.sound) {
    await requireAac();
    audio = new AudioSampleSource({ codec: "aac", bitrate: AUDIO_BITRATE });
    output.addAudioTrack(audio);
  }
  await output.start();

  const pause = createPause();
  const encoder = new Encoder(width, height, FRAMES_PER_SECOND);
  const decoderConfig = {
    codec: encoder.codec,
    codedWidth: width,
    codedHeight: height,
    description: encoder.description,
    colorSpace: { primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false } as const,
  };
  let meta: { decoderConfig: typeof decoderConfig } | undefined = { decoderConfig };
  const add = async (data: Uint8Array, frame: number, isKey: boolean) => {
    const packet = new EncodedPacket(data, isKey ? "key" : "delta", frame / FRAMES_PER_SECOND, 1 / FRAMES_PER_SECOND);
    await video.add(packet, meta);
    meta = undefined;
    const rest = pause();
    if (rest) await rest;
  };

  let start = 0;
  for (const stretch of film.stretches) {
    const code = async (planes: Planes) => encoder.codeStill(planes, film.qp, pause);
    const isHold = stretch.kind === "hold";
    let still: CodedStill = await code(isHold ? await stretch.still() : await stretch.still(0));
    const groups = Math.ceil(stretch.frames / GROUP_FRAMES_MAX);
    for (let group = 0; group < groups; group++) {
      const begin = Math.round((stretch.frames * group) / groups);
      const frames = Math.round((stretch.frames * (group + 1)) / groups) - begin;
      await add(encoder.first(still), start + begin, true);
      if (isHold) {
        for (let i = 1; i < frames; i++) await add(encoder.repeat(i), start + begin + i, false);
        continue;
      }
      if (frames === 1) continue;
      const [before, after] = [group / groups, (group + 1) / groups];
      still = await code(await stretch.still(after));
      await add(encoder.last(still, frames - 1), start + begin + frames - 1, false);
      for (let i = 1; i < frames - 1; i++) {
        const share = before + ((after - before) * i) / (frames - 1);
        await add(encoder.blend(i, stretch.moveAt(share, before, after)), start + begin + i, false);
      }
    }
    start += stretch.frames;
  }
  video.close();

  if (audio && film.sound) {
    for (let from = 0; from < film.sound.length / 2; from += AUDIO_CHUNK_SAMPLES) {
      const data = film.sound.subarray(from * 2, (from + AUDIO_CHUNK_SAMPLES) * 2);
      const chunk = new AudioSample({
        data,
        format: "f32",
        numberOfChannels: 2,
        sampleRate: SAMPLE_RATE,
        timestamp: from / SAMPLE_RATE,
      });
      await audio.add(chunk);
      chunk.close();
      const rest = pause();
      if (rest) await rest;
    }
    audio.close();
  }
  await output.finalize();
  if (!target.buffer) throw new Error("The muxer gave no file");
  const file = new Uint8Array(target.buffer);
  forgetTimes(file);
  return file;
}

const TIMED_BOXES = ["mvhd", "tkhd", "mdhd"];

/** Takes the time of writing out of the headers, so that the same film is the same file. */
function forgetTimes(file: Uint8Array): void {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const end = bytes.indexOf("mdat");
  for (const box of TIMED_BOXES) {
    for (let i = bytes.indexOf(box); i >= 0 && i < end; i = bytes.indexOf(box, i + 4)) {
      // Behind the name: a version byte and flags, then two times, longer in version 1.
      bytes.fill(0, i + 8, i + 8 + (bytes[i + 4] === 1 ? 16 : 8));
    }
  }
}
