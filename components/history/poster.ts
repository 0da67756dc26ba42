const WIDTH = 256;
const QUALITY = 0.8;
const CACHE = "mindvideo-posters";
const GIVE_UP_MS = 20_000;

const posters = new Map<string, Promise<string | null>>();
let last: Promise<unknown> = Promise.resolve();

/**
 * A still of a clip, as an address an `<img>` can show; null when the clip cannot be read. Drawn in the browser by one
 * detached video at a time, and kept in its cache, so a filmstrip never holds more than one.
 */
export function posterOf(url: string): Promise<string | null> {
  const known = posters.get(url);
  if (known) return known;
  const made = load(url);
  posters.set(url, made);
  return made;
}

async function load(url: string): Promise<string | null> {
  // Not there where the page has no secure context; posters are then made anew on each visit.
  const cache = "caches" in window ? await caches.open(CACHE).catch(() => null) : null;
  const kept = await cache?.match(url).catch(() => undefined);
  if (kept) return URL.createObjectURL(await kept.blob());
  const turn = last.then(() => draw(url)).catch(() => null);
  last = turn;
  const blob = await turn;
  if (!blob) {
    posters.delete(url);
    return null;
  }
  // A full or forbidden cache costs only a second drawing after the next load.
  await cache?.put(url, new Response(blob)).catch(() => {});
  return URL.createObjectURL(blob);
}

async function draw(url: string): Promise<Blob | null> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  try {
    await happened(video, "loadeddata", () => {
      video.src = url;
    });
    await happened(video, "seeked", () => {
      video.currentTime = Math.min(1.5, (video.duration || 0) / 3);
    });
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth) || WIDTH;
    canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  } finally {
    // Lets go of the decoder and of the connection.
    video.removeAttribute("src");
    video.load();
  }
}

function happened(video: HTMLVideoElement, name: string, start: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No ${name}`)), GIVE_UP_MS);
    const end = (act: () => void) => () => {
      clearTimeout(timer);
      act();
    };
    video.addEventListener(name, end(resolve), { once: true });
    video.addEventListener(
      "error",
      end(() => reject(new Error("The clip cannot be read."))),
      { once: true },
    );
    start();
  });
}
