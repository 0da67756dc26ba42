export type BitString = { bytes: Uint8Array; bits: number };

/** Writes an H.264 bit string: fixed-length, Exp-Golomb and trailing bits (ITU-T H.264, 7.2 and 9.1). */
export class BitWriter {
  private bytes: Uint8Array;
  private length = 0;
  private cache = 0;
  private free = 8;

  constructor(capacity = 1 << 12) {
    this.bytes = new Uint8Array(capacity);
  }

  private push(byte: number): void {
    if (this.length === this.bytes.length) {
      const grown = new Uint8Array(this.bytes.length * 2);
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes[this.length++] = byte;
  }

  /** The low `count` bits of `value`, highest first; at most 31. */
  u(value: number, count: number): void {
    let left = count;
    while (left > 0) {
      const take = Math.min(left, this.free);
      const chunk = (value >>> (left - take)) & ((1 << take) - 1);
      this.cache |= chunk << (this.free - take);
      this.free -= take;
      left -= take;
      if (this.free === 0) {
        this.push(this.cache);
        this.cache = 0;
        this.free = 8;
      }
    }
  }

  ue(value: number): void {
    const code = value + 1;
    const length = 32 - Math.clz32(code);
    this.u(0, length - 1);
    this.u(code, length);
  }

  se(value: number): void {
    this.ue(value > 0 ? 2 * value - 1 : -2 * value);
  }

  alignZero(): void {
    if (this.free < 8) this.u(0, this.free);
  }

  /** What was written so far, as a bit string that can be appended to another one. */
  take(): BitString {
    const bytes = this.bytes.slice(0, this.length + 1);
    bytes[this.length] = this.cache;
    return { bytes, bits: this.length * 8 + 8 - this.free };
  }

  append({ bytes, bits }: BitString): void {
    const whole = bits >> 3;
    for (let i = 0; i < whole; i++) this.u(bytes[i] as number, 8);
    const rest = bits & 7;
    if (rest > 0) this.u((bytes[whole] as number) >> (8 - rest), rest);
  }

  /** Ends the payload with its stop bit. Nothing may be written afterwards. */
  finish(): Uint8Array {
    this.u(1, 1);
    this.alignZero();
    return this.bytes.subarray(0, this.length);
  }
}

/** Wraps a payload as a NAL unit, with the emulation prevention bytes of 7.4.1. */
export function nalUnit(header: number, payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(1 + payload.length + (payload.length >> 1) + 1);
  out[0] = header;
  let length = 1;
  let zeros = 0;
  for (let i = 0; i < payload.length; i++) {
    const byte = payload[i] as number;
    if (zeros >= 2 && byte <= 3) {
      out[length++] = 3;
      zeros = 0;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[length++] = byte;
  }
  return out.slice(0, length);
}

/** One access unit as MP4 stores it: a NAL unit behind its length in four bytes. */
export function sample(nal: Uint8Array): Uint8Array {
  const out = new Uint8Array(4 + nal.length);
  new DataView(out.buffer).setUint32(0, nal.length);
  out.set(nal, 4);
  return out;
}
