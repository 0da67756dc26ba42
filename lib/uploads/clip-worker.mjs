// Reads one video or sound in a thread of its own: a file can be made so that whoever reads its tables counts for minutes,
// and a thread can be ended. It answers what the file is, or why it is not taken. Plain JavaScript, because it is started by path.
import { open } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { FilePathSource, FLAC, Input, MATROSKA, MP3, MP4, OGG, QTFF, WAVE, WEBM } from "mediabunny";

// More than the last frames, whose end nothing marks.
const FLAC_SLACK_SECONDS = 0.5;

// Playlists are left out on purpose: they name other files.
const FORMATS = new Map([
  [MP4, { video: "video/mp4", audio: "audio/mp4" }],
  [QTFF, { video: "video/quicktime" }],
  [WEBM, { video: "video/webm" }],
  // Known only to be told apart from WebM, which begins like it.
  [MATROSKA, {}],
  [MP3, { audio: "audio/mpeg" }],
  [WAVE, { audio: "audio/wav" }],
  [OGG, { audio: "audio/ogg" }],
  [FLAC, { audio: "audio/flac" }],
]);

/** @returns {Promise<import("./schema").Judged | "broken" | "wrong_type">} */
async function readClip(file) {
  if (await isCut(file)) return "broken";
  const source = new FilePathSource(file, { handleUnhandledError: () => {} });
  const input = new Input({ source, formats: [...FORMATS.keys()] });
  const format = await input.getFormat();
  const video = await input.getPrimaryVideoTrack();
  const track = video ?? (await input.getPrimaryAudioTrack());
  if (!track || (await track.getCodec()) === null) return "broken";
  const kind = video ? "video" : "audio";
  const mime = FORMATS.get(format)?.[kind];
  if (!mime) return "wrong_type";
  const seconds = await track.computeDuration();
  // FLAC has no structure around its frames; it says at its start how long it would be.
  const declared = format === FLAC ? await track.getDurationFromMetadata() : null;
  if (declared !== null && declared - seconds > FLAC_SLACK_SECONDS) return "broken";
  const width = video ? await video.getDisplayWidth() : null;
  const height = video ? await video.getDisplayHeight() : null;
  if (!(seconds > 0) || width === 0 || height === 0) return "broken";
  return { kind, mime, width, height, durationMs: Math.round(seconds * 1_000) };
}

/**
 * Whether a file ends before its own structure says that it does. A demuxer is content with what is there, and would
 * promise seconds that nobody can play. MP3 has no structure that could tell.
 */
async function isCut(path) {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const start = await readAt(handle, 0, 64);
    const name = (at) => start.toString("latin1", at, at + 4);
    if (name(4) === "ftyp") return await areBoxesCut(handle, size);
    if (name(0) === "RIFF") return isRiffCut(start, size);
    if (name(0) === "\x1aE\xdf\xa3") return isSegmentCut(start, size);
    return name(0) === "OggS" && (await arePagesCut(handle, size));
  } finally {
    await handle.close();
  }
}

async function readAt(handle, position, length) {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

// What may stand at the top of an MP4 or MOV; what follows something else is not the clip's any more.
const BOXES = /^(ftyp|styp|moov|moof|mdat|free|skip|wide|uuid|meta|sidx|ssix|mfra|prft|emsg|pdin|pnot|udta|PICT)$/;

async function areBoxesCut(handle, size) {
  let at = 0;
  while (at + 8 <= size) {
    const head = await readAt(handle, at, 16);
    if (!BOXES.test(head.toString("latin1", 4, 8))) return false;
    const short = head.readUInt32BE(0);
    // 0 reaches to the end of the file, 1 says that the size stands behind the name.
    if (short === 0) return false;
    const length = short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short;
    if (length < 8) return true;
    at += length;
  }
  return at > size;
}

// Both 0 and all ones are written where the length was not known when the recording began.
function isRiffCut(start, size) {
  const length = start.length >= 8 ? start.readUInt32LE(4) : 0;
  return length !== 0 && length < 0xffff_fff0 && length + 8 > size;
}

/** EBML: the length of the segment, where it was known; the two elements' sizes are numbers of varying width. */
function isSegmentCut(start, size) {
  const header = readVint(start, 4);
  if (!header) return false;
  const at = header.end + Number(header.value);
  if (at + 12 > start.length || start.readUInt32BE(at) !== 0x18538067) return false;
  const segment = readVint(start, at + 4);
  return segment !== null && !segment.isUnknown && segment.end + Number(segment.value) > size;
}

function readVint(bytes, at) {
  const width = Math.clz32(bytes[at] ?? 0) - 23;
  if (width > 8 || at + width > bytes.length) return null;
  const marker = 1n << BigInt(7 * width);
  const value = BigInt(`0x${bytes.toString("hex", at, at + width)}`) - marker;
  return { value, end: at + width, isUnknown: value === marker - 1n };
}

/** Ogg: whether the last page is all there. What stands behind the pages is not the clip's. */
async function arePagesCut(handle, size) {
  let at = 0;
  while (at < size) {
    const head = await readAt(handle, at, 27 + 255);
    if (head.toString("latin1", 0, 4) !== "OggS") return false;
    const segments = head[26] ?? 0;
    const lengths = head.subarray(27, 27 + segments);
    if (head.length < 27 || lengths.length < segments) return true;
    at += 27 + segments + lengths.reduce((sum, length) => sum + length, 0);
  }
  return at > size;
}

// What the demuxer throws at a file it cannot read is the file's fault, whatever it is.
parentPort.postMessage(await readClip(workerData.file).catch(() => "broken"));
