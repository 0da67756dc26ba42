/** This browser's storage; null on the server, and where it is closed. */
export function openStorage(): Storage | null {
  try {
    return typeof window === "undefined" ? null : window.localStorage;
  } catch {
    return null;
  }
}
