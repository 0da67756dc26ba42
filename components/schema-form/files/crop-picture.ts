import type { PercentCrop } from "react-image-crop";
import { type Upload, uploadPath } from "@/lib/uploads/schema";

const JPEG_QUALITY = 0.92;

/** The part in pixels of the picture itself. */
export function pixelsOf(crop: PercentCrop, { width, height }: { width: number; height: number }) {
  const part = (percent: number, of: number) => Math.round((percent / 100) * of);
  return {
    x: part(crop.x, width),
    y: part(crop.y, height),
    width: Math.max(1, part(crop.width, width)),
    height: Math.max(1, part(crop.height, height)),
  };
}

/** A copy of a part of a visitor's own picture, at its full size. @throws when the picture cannot be had any more */
export async function cropPicture(upload: Upload, crop: PercentCrop): Promise<File> {
  const image = new Image();
  image.src = uploadPath(upload.sha256);
  await image.decode();
  const { x, y, width, height } = pixelsOf(crop, { width: image.naturalWidth, height: image.naturalHeight });
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(image, x, y, width, height, 0, 0, width, height);
  const type = upload.mime === "image/png" ? "image/png" : "image/jpeg";
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, JPEG_QUALITY));
  if (!blob) throw new Error("The canvas gave no picture");
  return new File([blob], upload.name, { type });
}
