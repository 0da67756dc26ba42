const POSTER_SIDE_PX = 512;

/** The first picture of a video, for the page to draw. A video that cannot be read has none: the server judges it. */
export async function drawPoster(file: File, { onPicture }: { onPicture: (picture: Blob) => void }): Promise<void> {
  const { ALL_FORMATS, BlobSource, CanvasSink, Input } = await import("mediabunny");
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track || !(await track.canDecode())) return;
    const sink = new CanvasSink(track, { width: POSTER_SIDE_PX });
    const first = await sink.getCanvas(await track.getFirstTimestamp());
    if (first && "convertToBlob" in first.canvas) onPicture(await first.canvas.convertToBlob({ type: "image/jpeg" }));
  } catch {
    // Only the poster is missing.
  } finally {
    input.dispose();
  }
}
