const GIVE_UP_MS = 20_000;

/** What `draw` draws, as a PNG: a reference is compressed once, when it is made ready to send. Null for an empty picture. */
export async function drawPng(
  width: number,
  height: number,
  draw: (context: CanvasRenderingContext2D) => void,
): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context || width === 0 || height === 0) return null;
  draw(context);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

const drawVideo = (video: HTMLVideoElement) =>
  drawPng(video.videoWidth, video.videoHeight, (context) => context.drawImage(video, 0, 0));

/** The frame that a player shows. It is paused first: what is taken is what the person goes on looking at. */
export async function frameOnScreen(video: HTMLVideoElement): Promise<Blob | null> {
  video.pause();
  if (video.seeking) await happened(video, "seeked");
  return drawVideo(video);
}

/** The first or the last frame as the browser's own player finds it, where nothing else can decode the clip. */
export async function frameByPlayer(url: string, which: "first" | "last"): Promise<Blob | null> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  try {
    video.src = url;
    await happened(video, "loadeddata");
    if (which === "last") {
      video.currentTime = video.duration;
      await happened(video, "seeked");
    }
    return await drawVideo(video);
  } finally {
    // Lets go of the decoder and of the connection.
    video.removeAttribute("src");
    video.load();
  }
}

function happened(video: HTMLVideoElement, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error(`No ${name}`));
    const timer = setTimeout(fail, GIVE_UP_MS);
    const end = (act: () => void) => () => {
      clearTimeout(timer);
      act();
    };
    video.addEventListener(name, end(resolve), { once: true });
    video.addEventListener("error", end(fail), { once: true });
  });
}
