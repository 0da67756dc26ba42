import "server-only";
import { type Pause, SAMPLE_RATE } from "@/lib/sandbox/film";

const AAC_FRAME_SAMPLES = 1_024;
const FADE_S = 0.4;

/** Chords that sit well together, in semitones above the key. */
const CHORDS = [
  [0, 7, 12, 16],
  [-3, 4, 12, 19],
  [5, 9, 12, 17],
  [-5, 2, 11, 14],
];

/**
 * A quiet pad in stereo, interleaved. The same seed sounds the same. It swells in and out, and its chords overlap, so
 * nothing clicks, not even where a clip is looped.
 */
export async function pad(seconds: number, seed: number, pause: Pause): Promise<Float32Array> {
  // AAC comes in whole frames and the encoder adds one: rounded down, the sound never outlasts the pictures.
  const total = Math.max(1, Math.floor((seconds * SAMPLE_RATE) / AAC_FRAME_SAMPLES) - 1) * AAC_FRAME_SAMPLES;
  const out = new Float32Array(total * 2);
  const key = 110 * 2 ** ((seed % 7) / 12);
  const length = seconds / Math.max(1, Math.round(seconds / 4));
  for (let start = 0, n = seed % CHORDS.length; start < seconds - 1e-6; start += length, n++) {
    const chord = CHORDS[n % CHORDS.length] as number[];
    for (const [voice, semitones] of chord.entries()) {
      addVoice(out, { from: start - FADE_S, to: start + length + FADE_S, hertz: key * 2 ** (semitones / 12), voice });
      await pause();
    }
  }
  const fade = Math.min(FADE_S, seconds / 4) * SAMPLE_RATE;
  for (let i = 0; i < total; i++) {
    const gain = Math.min(1, i / fade, (total - 1 - i) / fade);
    out[i * 2] = (out[i * 2] as number) * gain;
    out[i * 2 + 1] = (out[i * 2 + 1] as number) * gain;
  }
  return out;
}

function addVoice(
  out: Float32Array,
  { from, to, hertz, voice }: { from: number; to: number; hertz: number; voice: number },
) {
  const first = Math.max(0, Math.round(from * SAMPLE_RATE));
  const last = Math.min(out.length / 2, Math.round(to * SAMPLE_RATE));
  const fade = FADE_S * 2 * SAMPLE_RATE;
  const [begin, end] = [from * SAMPLE_RATE, to * SAMPLE_RATE];
  const lean = (voice % 2 === 0 ? -1 : 1) * 0.12 * voice;
  const step = (2 * Math.PI * hertz) / SAMPLE_RATE;
  // Two detuned sines by rotation: a sine call for each sample would take most of the render's time.
  const [c1, s1] = [Math.cos(step), Math.sin(step)];
  const [c2, s2] = [Math.cos(step * 1.0027), Math.sin(step * 1.0027)];
  let [x1, y1] = [1, 0];
  let [x2, y2] = [0, 1];
  for (let i = first; i < last; i++) {
    const ramp = Math.min(1, (i - begin) / fade, (end - i) / fade);
    const gain = 0.035 * ramp * ramp * (3 - 2 * ramp);
    const value = gain * (y1 + 0.7 * y2);
    out[i * 2] = (out[i * 2] as number) + value * (1 - lean);
    out[i * 2 + 1] = (out[i * 2 + 1] as number) + value * (1 + lean);
    [x1, y1] = [x1 * c1 - y1 * s1, x1 * s1 + y1 * c1];
    [x2, y2] = [x2 * c2 - y2 * s2, x2 * s2 + y2 * c2];
  }
}
