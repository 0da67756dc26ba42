"use client";

import { type CSSProperties, useEffect, useRef, useState, useSyncExternalStore } from "react";
import ReactCrop, { centerCrop, makeAspectCrop, type PercentCrop } from "react-image-crop";
import { cropPicture, pixelsOf } from "@/components/schema-form/files/crop-picture";
import { ratioName } from "@/components/schema-form/files/frame-remarks";
import { Dialog } from "@/components/ui/dialog";
import { Segments } from "@/components/ui/segments";
import type { FieldEntry } from "@/components/uploads/upload-queue";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import { SMALL_IMAGE_SIDE_PX } from "@/lib/uploads/policy";
import { type Upload, uploadPath } from "@/lib/uploads/schema";

type CropDialogProps = {
  entry: FieldEntry | undefined;
  /** The other frame of a pair, whose shape this one may take. */
  partner: FieldEntry | undefined;
  place: number;
  roleOf: (place: number) => string;
  onCrop: (file: File) => void;
  onClose: () => void;
};

type Shape = { name: string; ratio: number | undefined };

const FREE: Shape = { name: "Free", ratio: undefined };
const USUAL: Shape[] = ["16:9", "1:1", "9:16"].map((name) => {
  const [width = 1, height = 1] = name.split(":").map(Number);
  return { name, ratio: width / height };
});

const HANDLES = {
  nw: "top left",
  n: "top",
  ne: "top right",
  e: "right",
  se: "bottom right",
  s: "bottom",
  sw: "bottom left",
  w: "left",
};
const LABELS = {
  cropArea: "What is kept. The arrow keys move it, with Shift further.",
  ...(Object.fromEntries(
    Object.entries(HANDLES).map(([side, name]) => [
      `${side}DragHandle`,
      `The ${name} ${name.includes(" ") ? "corner" : "edge"}. The arrow keys move it.`,
    ]),
  ) as Record<`${keyof typeof HANDLES}DragHandle`, string>),
};

/** The largest part of a picture that has this shape, in its middle; without a shape, all of it. */
function largest({ width, height }: { width: number; height: number }, ratio: number | undefined): PercentCrop {
  const whole: PercentCrop = { unit: "%", x: 0, y: 0, width: 100, height: 100 };
  if (ratio === undefined) return whole;
  return centerCrop(makeAspectCrop({ unit: "%", width: 100 }, ratio, width, height), width, height);
}

function useUpload(of: FieldEntry | undefined): Upload | null {
  const queue = useUploadQueue();
  return useSyncExternalStore(
    queue.subscribe,
    () => (of?.type === "value" ? queue.uploadOf(of.value) : null),
    () => null,
  );
}

/** Takes a part of an uploaded picture, which then stands in its place. */
export default function CropDialog({ entry, partner, place, roleOf, onCrop, onClose }: CropDialogProps) {
  const upload = useUpload(entry);
  const other = useUpload(partner);
  if (!upload?.width || !upload.height) return null;
  const size = { width: upload.width, height: upload.height };
  const role = roleOf(place);
  const ratio = other?.width && other.height ? other.width / other.height : undefined;
  const shapes = ratio === undefined ? [FREE, ...USUAL] : [{ name: ratioName(ratio), ratio }, FREE];
  return <Cropper upload={upload} size={size} role={role} shapes={shapes} onCrop={onCrop} onClose={onClose} />;
}

type CropperProps = {
  upload: Upload;
  size: { width: number; height: number };
  role: string;
  shapes: Shape[];
  onCrop: (file: File) => void;
  onClose: () => void;
};

function Cropper({ upload, size, role, shapes, onCrop, onClose }: CropperProps) {
  const [shape, setShape] = useState<Shape>(shapes[0] ?? FREE);
  const [crop, setCrop] = useState(() => largest(size, shape.ratio));
  const [problem, setProblem] = useState<string | null>(null);
  const kept = pixelsOf(crop, size);
  const isWhole = kept.width === size.width && kept.height === size.height;
  const isSmall = Math.min(kept.width, kept.height) < SMALL_IMAGE_SIDE_PX;

  const isOpen = useRef(false);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);

  const apply = async () => {
    if (isWhole) return onClose();
    try {
      const cropped = await cropPicture(upload, crop);
      // Who has cancelled meanwhile keeps the picture as it was.
      if (isOpen.current) onCrop(cropped);
    } catch {
      setProblem("The picture could not be loaded, so nothing was cropped. Check the connection and try again.");
    }
  };

  return (
    <Dialog
      title={`Crop ${role.toLowerCase()}`}
      onClose={onClose}
      foot={
        <>
          <button
            type="button"
            className="key key--bare -ml-3"
            onClick={() => {
              setShape(shapes[0] ?? FREE);
              setCrop(largest(size, shapes[0]?.ratio));
            }}
          >
            Reset
          </button>
          <button type="button" className="key key--bare ml-auto" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="key key--ink" onClick={apply}>
            Crop
          </button>
        </>
      }
    >
      <div className="cropper">
        <ReactCrop
          crop={crop}
          aspect={shape.ratio}
          ariaLabels={LABELS}
          keepSelection
          // As large as the picture will be, also before it is there: what is kept of it is drawn at once.
          style={{ "--width": `${size.width}px`, "--ratio": size.width / size.height } as CSSProperties}
          minWidth={24}
          minHeight={24}
          onChange={(_, next) => setCrop(next)}
        >
          {/* biome-ignore lint/performance/noImgElement: our own route, the whole picture */}
          <img src={uploadPath(upload.sha256)} alt={role} width={size.width} height={size.height} draggable={false} />
        </ReactCrop>
      </div>
      <div className="cropper__facts">
        <span id="crop-shape" className="sr-only">
          Shape
        </span>
        <div className="cropper__shapes">
          <Segments
            id="crop-shapes"
            labelledBy="crop-shape"
            segments={shapes.map(({ name }) => ({ value: name, label: name }))}
            value={shape.name}
            onChange={(name) => {
              const chosen = shapes.find((one) => one.name === name) ?? FREE;
              setShape(chosen);
              if (chosen.ratio !== undefined) setCrop(largest(size, chosen.ratio));
            }}
          />
        </div>
        <output className="cropper__size">
          {kept.width} × {kept.height}
        </output>
      </div>
      <p className="cropper__note" aria-live="polite">
        {problem ?? (isSmall ? "That is a small part: the clip may look soft." : "")}
      </p>
    </Dialog>
  );
}
