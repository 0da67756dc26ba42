import type { Config } from "tailwindcss";

// The values live as CSS variables in app/globals.css, once a theme; this file only gives them their names.
export default {
  content: [],
  theme: {
    colors: {
      transparent: "transparent",
      current: "currentColor",
      well: "var(--well)",
      plate: "var(--plate)",
      chassis: "var(--chassis)",
      slot: "var(--slot)",
      field: "var(--field)",
      key: "var(--key)",
      "key-hover": "var(--key-hover)",
      lit: "var(--lit)",
      line: "var(--line)",
      edge: "var(--edge)",
      tick: "var(--tick)",
      ink: "var(--ink)",
      "on-ink": "var(--on-ink)",
      mark: "var(--mark)",
      "ink-2": "var(--ink-2)",
      "ink-3": "var(--ink-3)",
      signal: "var(--signal)",
      "on-signal": "var(--on-signal)",
      "signal-hover": "var(--signal-hover)",
      "signal-line": "var(--signal-line)",
      "signal-ink": "var(--signal-ink)",
      band: "var(--band)",
      danger: "var(--danger-ink)",
      "danger-tone": "var(--danger-tone)",
    },
    fontFamily: { sans: "var(--sans)", mono: "var(--mono)" },
    borderRadius: { none: "0", frame: "2px", key: "4px", ctl: "6px", full: "9999px" },
  },
} satisfies Config;
