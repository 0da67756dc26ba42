import type { Browser, CDPSession, Page } from "@playwright/test";

const CPU_SLOWDOWN = 4;
const BYTES_PER_SECOND = 10_000_000 / 8;
/** What loads later than this is not part of opening the page. */
export const LOAD_MS = 6_000;
const LONG_TASK_MS = 50;

export type Load = { scriptBytes: number; largestPaintMs: number; blockingMs: number };

/** The machine that the budgets are meant for: a CPU four times slower, 10 Mbit/s. */
export async function slowDown(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: BYTES_PER_SECOND,
    uploadThroughput: BYTES_PER_SECOND,
  });
  return session;
}

/** Counts the bytes of JavaScript that arrive over the wire from now on, headers included. */
export function countScriptBytes(session: CDPSession): () => number {
  const scripts = new Set<string>();
  let bytes = 0;
  session.on("Network.responseReceived", ({ requestId, type, response }) => {
    if (type === "Script" || /javascript/.test(response.mimeType)) scripts.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  return () => bytes;
}

/** Opens an address in a browser that has never seen it, on the slow machine, and watches it for six seconds. */
export async function measureLoad(browser: Browser, url: string): Promise<Load> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await slowDown(page);
  const scriptBytes = countScriptBytes(session);
  await page.addInitScript(() => {
    const seen = { paint: 0, tasks: [] as { start: number; ms: number }[] };
    Object.assign(window, { benchSeen: seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.paint = entry.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.tasks.push({ start: entry.startTime, ms: entry.duration });
    }).observe({ type: "longtask", buffered: true });
  });
  await page.goto(url);
  await page.waitForTimeout(LOAD_MS);
  const seen = await page.evaluate(() => {
    const first = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
    const { benchSeen } = window as unknown as { benchSeen: { paint: number; tasks: { start: number; ms: number }[] } };
    return { ...benchSeen, tasks: benchSeen.tasks.filter(({ start, ms }) => start + ms > first).map(({ ms }) => ms) };
  });
  await context.close();
  const blockingMs = seen.tasks.reduce((sum, ms) => sum + Math.max(0, ms - LONG_TASK_MS), 0);
  return { scriptBytes: scriptBytes(), largestPaintMs: seen.paint, blockingMs };
}

/**
 * The longest task of the page's own thread from now until the returned function is called, in milliseconds of the
 * processor: what else the machine does must not count.
 */
export async function watchTasks(session: CDPSession): Promise<() => Promise<number>> {
  type Event = { name: string; ph: string; pid: number; tid: number; tdur?: number; args: { name?: string } };
  const events: Event[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as Event[])));
  await session.send("Tracing.start", { traceConfig: { includedCategories: ["toplevel", "__metadata"] } });
  return async () => {
    const ended = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
    await session.send("Tracing.end");
    await ended;
    const mains = new Set<string>();
    for (const { name, pid, tid, args } of events) {
      if (name === "thread_name" && args.name === "CrRendererMain") mains.add(`${pid}.${tid}`);
    }
    const tasks = events.filter(({ ph, pid, tid }) => ph === "X" && mains.has(`${pid}.${tid}`));
    return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1_000));
  };
}
