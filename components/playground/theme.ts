/** What the visitor chose; "system" leaves it to the device. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** A cookie, so that the server draws the right theme at once and no script has to run before the first paint. */
export const THEME_COOKIE = "mv_theme";
const YEAR_SECONDS = 365 * 24 * 60 * 60;

export const toTheme = (value: unknown): Theme => THEMES.find((theme) => theme === value) ?? "system";

/** Applies a theme to this page and to every later one. */
export function applyTheme(theme: Theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in some browsers we support
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}
