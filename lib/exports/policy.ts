/** How often a running export says that it still runs, and after how long without a word another may begin. */
export const EXPORT_RENEW_MS = 20_000;
export const EXPORT_LEASE_MS = 60_000;

/** A download that takes nothing for so long is given up: it holds an open file and one of few places. */
export const EXPORT_IDLE_MS = 120_000;

/** How many visitors one server lets take out their work at the same time. */
export const MAX_EXPORTS = 4;

/**
 * The archive's own list can number 65,535 files, and client-zip writes the larger kind of it (ZIP64) for large files, not for
 * many. What would be more is named in the manifest.
 */
export const MAX_FILES = 65_000;

const MAX_NAME_CHARS = 120;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name that any system can unpack, and that looks like what it is: no path, no control or direction character. */
export function safeName(name: string, extension: string): string {
  const clean = name
    .normalize("NFC")
    // Lone surrogates, controls, and what turns the direction of a text round.
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "")
    .replace(/[\\/:*?"<>|]+/g, "-")
    .replace(/^[\s.]+|[\s.]+$/g, "");
  const stem = withoutExtension(clean, extension);
  const short = Array.from(stem).slice(0, MAX_NAME_CHARS).join("").trimEnd() || "file";
  return `${RESERVED.test(short) ? "_" : ""}${short}.${extension}`;
}

/** The name without its ending, where that is the right one; a wrong one stays, and the right one is put behind it. */
function withoutExtension(name: string, extension: string): string {
  const endings = extension === "jpg" ? ["jpg", "jpeg", "jfif"] : [extension];
  const ending = endings.find((one) => name.toLowerCase().endsWith(`.${one}`));
  return ending ? name.slice(0, -ending.length - 1) : name;
}

/** Hands out names inside one archive, each once; systems that know no case must not lay one file over another. */
export function createNames() {
  const taken = new Set<string>();
  return {
    get size() {
      return taken.size;
    },
    take(folder: string, name: string): string {
      const dot = name.lastIndexOf(".");
      for (let number = 1; ; number++) {
        const tried = number === 1 ? name : `${name.slice(0, dot)}-${number}${name.slice(dot)}`;
        const path = `${folder}/${tried}`;
        if (taken.has(path.toLowerCase())) continue;
        taken.add(path.toLowerCase());
        return path;
      }
    },
  };
}

export type Names = ReturnType<typeof createNames>;
