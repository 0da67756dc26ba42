import "server-only";
import { ServerResponse } from "node:http";

// Next takes Content-Length away from everything that a route answers. Under this name it passes.
const PASSING_NAME = "x-file-length";

/** Marks the length that a route tells of its answer, so that `keepLengths` can tell it again where Next has let go. */
export function markLength(response: Response): Response {
  const length = response.headers.get("content-length");
  if (length !== null) response.headers.set(PASSING_NAME, length);
  return response;
}

/**
 * Lets the answers of this process have the length that their routes gave them: without one a download shows no progress, HEAD
 * tells nothing, and some players refuse a range. Called once, when a server starts.
 */
export function keepLengths(): void {
  const { setHeader } = ServerResponse.prototype;
  ServerResponse.prototype.setHeader = function (name, value) {
    return setHeader.call(this, name === PASSING_NAME ? "Content-Length" : name, value);
  };
}
