// Read by whatever Node is there, so the syntax stays old: no `node:` imports, no `?.`, no top-level await.

/** Whether this Node can run the playground: ^20.19.0 || >=22.12.0, as `engines` in package.json says. */
export function isNodeSupported(version) {
  var parts = version.replace(/^v/, "").split(".").map(Number);
  if (parts[0] === 20) return parts[1] >= 19;
  if (parts[0] === 22) return parts[1] >= 12;
  return parts[0] > 22;
}

/** Says in one sentence that this Node is too old, and ends the process. Returns when it is not. */
export function requireNode() {
  if (isNodeSupported(process.version)) return;
  console.error(
    "MindVideo Playground needs Node 20.19 or newer, or 22.12 or newer, and this is " +
      process.version +
      ": get one at https://nodejs.org and try again.",
  );
  process.exit(1);
}
