import "server-only";
import sharp from "sharp";
import { guardedFetch } from "@/lib/guard/guard";
import { judgeType } from "@/lib/outputs/policy";
import { hasSystemFonts, textToSvg, textWidth, wrapText } from "@/lib/sandbox/lettering";

const FETCH_TIMEOUT_MS = 3_000;
const PICTURE_MAX_BYTES = 12 * 1024 * 1024;
const DATA_URI = /^data:([^,]*),(.*)$/is;

/** A reference picture: its bytes, and width by height as people see it. */
export type Reference = { bytes: Buffer; ratio: number };

const GLYPHS = {
  image: "M520 250h240v160H520zm0 130 70-70 56 56 44-44 70 70",
  video: "M520 250h240v160H520zm90 45 75 35-75 35z",
  audio: "M550 310v40m36-70v100m36-130v160m36-110v60m36-90v120m36-80v40",
};

async function tile(line: string, kind: keyof typeof GLYPHS = "image"): Promise<Reference> {
  const [width, height] = [1280, 720];
  const fallback = await hasSystemFonts();
  const [host = ""] = wrapText("sans", line, 44, width - 160, 1);
  const note = kind === "audio" ? "Reference sound" : `Reference ${kind}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="#252525"/><path d="${GLYPHS[kind]}" fill="none" stroke="#979797" stroke-width="3"/>${textToSvg("sans", host, { x: (width - textWidth("sans", host, 44)) / 2, y: 500, size: 44, fill: "#f3f3f3", fallback })}${textToSvg("mono", note, { x: (width - textWidth("mono", note, 24)) / 2, y: 548, size: 24, fill: "#b6b6b6", fallback })}</svg>`;
  return { bytes: await sharp(Buffer.from(svg)).png().toBuffer(), ratio: width / height };
}

async function measure(bytes: Buffer): Promise<Reference> {
  const { width, height, orientation = 1 } = await sharp(bytes, { limitInputPixels: 100_000_000 }).metadata();
  if (!width || !height) throw new Error("Not a picture");
  return { bytes, ratio: orientation >= 5 ? height / width : width / height };
}

/** "5.2 seconds": what stands beside the type of a clip that was not handed over itself. */
function lengthOf(kind: string): string {
  const seconds = Number(/;seconds=([\d.]+)/i.exec(kind)?.[1] ?? 0);
  return seconds > 0 ? `${Number(seconds.toFixed(1))} ${seconds === 1 ? "second" : "seconds"}` : "Not shown here";
}

/**
 * The picture behind a text of a file field: a data URI is read (a video or a sound becomes a tile that says so), an address is fetched through the guard (3 s at most).
 * What cannot be had or drawn becomes a tile that names where it should have come from.
 */
export async function loadReference(text: string): Promise<Reference> {
  const inline = DATA_URI.exec(text);
  if (inline) {
    const [, kind = "", data = ""] = inline;
    const [, clip] = /^(video|audio)\//i.exec(kind) ?? [];
    if (clip) return tile(lengthOf(kind), clip.toLowerCase() === "video" ? "video" : "audio");
    try {
      const isBase64 = /;\s*base64\s*$/i.test(kind);
      return await measure(isBase64 ? Buffer.from(data, "base64") : Buffer.from(decodeURIComponent(data)));
    } catch {
      return tile("An unreadable picture");
    }
  }
  const host = URL.canParse(text) ? new URL(text).host : "";
  try {
    const { status, body } = await guardedFetch(text, { maxBytes: PICTURE_MAX_BYTES, timeoutMs: FETCH_TIMEOUT_MS });
    // Keeps what a stranger's server calls a picture away from all that sharp reads beside pictures.
    if (status === 200 && judgeType(body).startsWith("image/")) return await measure(body);
  } catch {
    // Refused, too slow, too large or no picture: all the same to whoever looks at a stand-in.
  }
  return tile(host || "A picture from elsewhere");
}
