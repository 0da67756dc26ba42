import { prefetchDecoder } from "@/components/frames/frame-of";
import { Icon } from "@/components/ui/icon";

type Props = {
  /** A picture needs no frame taken from it. */
  isClip: boolean;
  isReading: boolean;
  onPress: () => void;
};

/** Goes on from the last frame of a clip, or takes a picture as it is. It keeps its width while it reads. */
export function FrameKey({ isClip, isReading, onPress }: Props) {
  const prefetch = isClip ? prefetchDecoder : undefined;
  return (
    <button
      type="button"
      className="key key--main"
      aria-keyshortcuts={isClip ? "L" : undefined}
      data-shortcut={isClip ? "l" : undefined}
      // A button that is disabled loses the focus; this one only stops listening.
      aria-disabled={isReading || undefined}
      onPointerEnter={prefetch}
      onFocus={prefetch}
      onClick={() => {
        if (!isReading) onPress();
      }}
    >
      <Icon name={isClip ? "on" : "picture"} />
      <span className="either" data-other={isReading || undefined}>
        <span>{isClip ? "Continue from here" : "Use as reference"}</span>
        <span>Reading…</span>
      </span>
      {isClip && (
        <span className="cap" aria-hidden="true">
          L
        </span>
      )}
    </button>
  );
}
