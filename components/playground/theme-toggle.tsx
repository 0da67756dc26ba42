"use client";

import { useState } from "react";
import { applyTheme, THEMES, type Theme } from "@/components/playground/theme";
import { Icon, type IconName } from "@/components/ui/icon";

const LOOKS: Record<Theme, { icon: IconName; name: string }> = {
  system: { icon: "screen", name: "Theme: follows the system" },
  light: { icon: "sun", name: "Theme: light" },
  dark: { icon: "moon", name: "Theme: dark" },
};

/** Goes round: system, light, dark. */
export function ThemeToggle({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  const { icon, name } = LOOKS[theme];
  return (
    <button
      type="button"
      className="key key--bare key--icon"
      aria-label={name}
      title={name}
      onClick={() => {
        const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
        applyTheme(next);
        setTheme(next);
      }}
    >
      <Icon name={icon} />
    </button>
  );
}
