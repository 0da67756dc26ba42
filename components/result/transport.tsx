import type { ReactNode } from "react";
import { timecodeText } from "@/components/result/duration";
import type { Player } from "@/components/result/use-player";
import { Icon, type IconName } from "@/components/ui/icon";

type Props = { player: Player; onFullScreen: () => void; children: ReactNode };

/** Play, frame by frame, the timecode, what can be done with the frame, loop, sound, full screen. */
export function Transport({ player, onFullScreen, children }: Props) {
  const length = timecodeText(player.duration);
  return (
    <div className="transport">
      <Control
        label={player.isPlaying ? "Pause" : "Play"}
        icon={player.isPlaying ? "pause" : "play"}
        keys="K"
        onPress={player.togglePlay}
      />
      <Control label="Previous frame" icon="previous" keys="," onPress={() => player.stepFrame(-1)} />
      <Control label="Next frame" icon="next" keys="." onPress={() => player.stepFrame(1)} />
      <span className="transport__time" aria-hidden="true">
        <span ref={player.time} className="transport__now" style={{ width: `${length.length}ch` }}>
          {timecodeText(0)}
        </span>
        <b> / {length}</b>
      </span>
      {children}
      <span className="push" />
      <Control label="Loop" icon="loop" keys="O" isOn={player.isLooping} onPress={player.toggleLoop} />
      <Control
        label="Sound"
        icon={player.isMuted ? "mute" : "sound"}
        keys="M"
        isOn={!player.isMuted}
        onPress={player.toggleSound}
      />
      <Control label="Full screen" icon="full" keys="F" onPress={onFullScreen} />
    </div>
  );
}

type ControlProps = { label: string; icon: IconName; keys: string; isOn?: boolean; onPress: () => void };

function Control({ label, icon, keys, isOn, onPress }: ControlProps) {
  return (
    <button
      type="button"
      className="key key--bare key--icon"
      aria-label={label}
      aria-pressed={isOn}
      aria-keyshortcuts={keys}
      data-shortcut={keys.toLowerCase()}
      title={`${label} (${keys})`}
      onClick={onPress}
    >
      <Icon name={icon} />
    </button>
  );
}
