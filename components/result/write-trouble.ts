import { unstable_isUnrecognizedActionError as isFromOldBuild } from "next/navigation";

/**
 * What is said of a write that got no answer to be read: `silent`, unless the server runs another build than this page. Then
 * nothing was done, and nothing this page writes will be understood until it is loaded anew.
 */
export const writeTrouble = (error: unknown, silent: string): string =>
  isFromOldBuild(error) ? "A new version is here. Nothing was changed; reload the page, and try again." : silent;
