const pad = (value: number) => String(value).padStart(2, "0");

/** Whole seconds as a clock: "0:24", "12:05", "1:02:03". Takes milliseconds; nothing below zero is shown. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${pad(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

/** A clock with tenths, for the steps of a task: "0:09.2". */
export function stepText(ms: number): string {
  const tenths = Math.max(0, Math.floor(ms / 100));
  return `${clockText(tenths * 100)}.${tenths % 10}`;
}

/** A position in a clip with hundredths: "0:02.10". Takes seconds; an unknown length reads as zero. */
export function timecodeText(seconds: number): string {
  const hundredths = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds * 100)) : 0;
  return `${clockText(hundredths * 10)}.${pad(hundredths % 100)}`;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago something was, short enough for the filmstrip: "now", "12 min", "3 h", "2 d". */
export function ageText(ms: number): string {
  if (ms < MINUTE_MS) return "now";
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

/** How long until something: "5 h 12 min", "12 min", "less than a minute". */
export function spanText(ms: number): string {
  if (ms < MINUTE_MS) return "less than a minute";
  const minutes = Math.ceil(ms / MINUTE_MS);
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}

/** Money in millionths as MindVideo prints it: 675000 is "0.675". No currency sign: the unit is the vendor's own. */
export function costText(millionths: number): string {
  const [whole, fraction = ""] = (millionths / 1_000_000).toFixed(6).split(".");
  const kept = fraction.replace(/0+$/, "");
  return kept ? `${whole}.${kept}` : `${whole}`;
}
