import { type BitString, BitWriter, nalUnit, sample } from "@/lib/sandbox/bits";
import { type Planes, StillCoder } from "@/lib/sandbox/intra";
import { BetweenCoder, type MoveAt } from "@/lib/sandbox/motion";

/** Times are counted in pictures; decoders expect two counts a frame. */
const COUNTS_PER_FRAME = 2;
const COUNT_BITS = 10;
const FRAME_NUM_BITS = 4;

const PROFILE_MAIN = 77;
/** Table A-1: the highest number of macroblocks a second and a frame, by level. */
const LEVELS = [
  { level: 31, perSecond: 108_000, perFrame: 3_600 },
  { level: 32, perSecond: 216_000, perFrame: 5_120 },
  { level: 40, perSecond: 245_760, perFrame: 8_192 },
  { level: 50, perSecond: 589_824, perFrame: 22_080 },
  { level: 52, perSecond: 2_073_600, perFrame: 36_864 },
];

const SLICE = { P: 5, B: 6, I: 7 } as const;

/**
 * The longest group of pictures, in frames. Decoders weigh the two stills of a group by distance in counts, and clip
 * distances above 127 (8.4.1.2.3).
 */
export const GROUP_FRAMES_MAX = 60;

type SliceHeader = { type: keyof typeof SLICE; nal: number; frameNum: number; frame: number; idr?: number; qp: number };

/**
 * A small H.264 Main profile encoder for pictures that are mostly still. A group begins with a still (IDR) and ends
 * with one; every frame between is predicted from both, moved and blended by time, so it costs bits only where
 * motion changes. See docs/decisions for why.
 */
export class Encoder {
  readonly mbWidth: number;
  readonly mbHeight: number;
  readonly codec: string;
  /** The decoder configuration record an MP4 file carries (avcC). */
  readonly description: Uint8Array;
  private readonly between: BetweenCoder;
  private groups = 0;

  constructor(width: number, height: number, framesPerSecond: number) {
    this.mbWidth = Math.ceil(width / 16);
    this.mbHeight = Math.ceil(height / 16);
    this.between = new BetweenCoder(this.mbWidth, this.mbHeight);
    const size = this.mbWidth * this.mbHeight;
    const level = LEVELS.find((one) => size <= one.perFrame && size * framesPerSecond <= one.perSecond)?.level ?? 52;
    const sps = this.sequenceParameters(width, height, framesPerSecond, level);
    const pps = pictureParameters();
    this.codec = `avc1.4d40${level.toString(16)}`;
    this.description = Uint8Array.from([
      ...[1, PROFILE_MAIN, 0x40, level, 0xff, 0xe1, sps.length >> 8, sps.length & 255, ...sps],
      ...[1, pps.length >> 8, pps.length & 255, ...pps],
    ]);
  }

  private sequenceParameters(width: number, height: number, framesPerSecond: number, level: number): Uint8Array {
    const out = new BitWriter(64);
    for (const byte of [PROFILE_MAIN, 0x40, level]) out.u(byte, 8);
    out.ue(0);
    out.ue(FRAME_NUM_BITS - 4);
    out.ue(0);
    out.ue(COUNT_BITS - 4);
    out.ue(2);
    out.u(0, 1);
    out.ue(this.mbWidth - 1);
    out.ue(this.mbHeight - 1);
    out.u(0b11, 2);
    const [right, bottom] = [(this.mbWidth * 16 - width) / 2, (this.mbHeight * 16 - height) / 2];
    out.u(right || bottom ? 1 : 0, 1);
    if (right || bottom) for (const value of [0, right, 0, bottom]) out.ue(value);
    // VUI: BT.709 colours in limited range, a constant frame rate, and one frame of reordering.
    out.u(1, 1);
    out.u(0b00, 2);
    out.u(1, 1);
    out.u(5, 3);
    out.u(0, 1);
    out.u(1, 1);
    for (let i = 0; i < 3; i++) out.u(1, 8);
    out.u(0, 1);
    out.u(1, 1);
    out.u(0, 16);
    out.u(1, 16);
    out.u(0, 16);
    out.u(framesPerSecond * 2, 16);
    out.u(1, 1);
    out.u(0b000, 3);
    out.u(1, 1);
    out.u(1, 1);
    for (const value of [0, 0, 16, 16, 1, 2]) out.ue(value);
    return nalUnit(0x67, out.finish());
  }

  private slice(header: SliceHeader): BitWriter {
    const out = new BitWriter(1 << 10);
    out.ue(0);
    out.ue(SLICE[header.type]);
    out.ue(0);
    out.u(header.frameNum, FRAME_NUM_BITS);
    if (header.idr !== undefined) out.ue(header.idr);
    out.u(header.frame * COUNTS_PER_FRAME, COUNT_BITS);
    // Direct prediction from neighbours, no override of the list sizes, no reordering of either list.
    if (header.type === "B") out.u(0b1000, 4);
    if (header.type === "P") out.u(0b00, 2);
    if (header.idr !== undefined) out.u(0b00, 2);
    else if (header.nal === 0x41) out.u(0, 1);
    out.se(header.qp - 26);
    // The deblocking filter as it is by default.
    out.ue(0);
    out.se(0);
    out.se(0);
    return out;
  }

  /** Codes a still once; it may begin one group and end another. `pause` is awaited between rows. */
  async codeStill(planes: Planes, qp: number, pause: () => Promise<void> | null): Promise<CodedStill> {
    const out = new BitWriter(1 << 18);
    const coder = new StillCoder(planes, qp, out);
    for (let row = 0; row < planes.mbHeight; row++) {
      coder.codeRow(row);
      const rest = pause();
      if (rest) await rest;
    }
    return { data: out.take(), qp, decoded: coder.decoded };
  }

  /** The first frame of a group. Players can begin here. */
  first(still: CodedStill): Uint8Array {
    const out = this.slice({ type: "I", nal: 0x65, frameNum: 0, frame: 0, idr: this.groups++ & 1, qp: still.qp });
    out.append(still.data);
    return sample(nalUnit(0x65, out.finish()));
  }

  /** The last frame of a group (`frame` counts from its first), which decoders need second. */
  last(still: CodedStill, frame: number): Uint8Array {
    const out = this.slice({ type: "I", nal: 0x41, frameNum: 1, frame, qp: still.qp });
    out.append(still.data);
    return sample(nalUnit(0x41, out.finish()));
  }

  /** A frame between the two stills of its group. */
  blend(frame: number, moveAt: MoveAt): Uint8Array {
    const out = this.slice({ type: "B", nal: 0x01, frameNum: 2, frame, qp: 20 });
    this.between.code(out, moveAt);
    return sample(nalUnit(0x01, out.finish()));
  }

  /** The first frame of its group once more. */
  repeat(frame: number): Uint8Array {
    const out = this.slice({ type: "P", nal: 0x01, frameNum: 1, frame, qp: 26 });
    out.ue(this.mbWidth * this.mbHeight);
    return sample(nalUnit(0x01, out.finish()));
  }
}

/** A still's slice data, and what a decoder has of it before its deblocking filter. */
export type CodedStill = { data: BitString; qp: number; decoded: Planes };

function pictureParameters(): Uint8Array {
  const out = new BitWriter(64);
  out.ue(0);
  out.ue(0);
  // CAVLC, no field pairs, one slice group, one picture in each list.
  out.u(0b00, 2);
  out.ue(0);
  out.ue(0);
  out.ue(0);
  // Weighted prediction: none for P, by distance in time for B.
  out.u(0, 1);
  out.u(2, 2);
  out.se(0);
  out.se(0);
  out.se(0);
  out.u(0b100, 3);
  return nalUnit(0x68, out.finish());
}
