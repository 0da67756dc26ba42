/** Runs once when a server starts: a wrong environment stops it, and what a dead server left is taken up again. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { start } = await import("@/lib/start");
  await start();
}
