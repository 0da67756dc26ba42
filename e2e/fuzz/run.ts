import type { Playground } from "../fixtures/server";
import { type Door, findDoors, findQueryNames } from "./doors";
import { memoryOf, openFilesOf } from "./memory";
import { mutate } from "./mutations";
import { createRandom } from "./random";
import { draftOf, wireOf } from "./requests";
import { bytesOf, isShort, send, type WireAnswer, type WireRequest } from "./wire";
import { makeWorld, type WorldOptions } from "./world";

const AT_ONCE = 8;
/** How long an answer may take on a busy machine. */
const PATIENCE_MS = 15_000;
/** What the first requests load is no growth. */
const WARM_UP = 0.3;
const SETTLE_MS = 30_000;
const SHOWN_CHARS = 1_500;
const GOLDEN = 0x9e3779b9;

export type Fuzzed = {
  table: string;
  /** What must not be, each with the request that brought it about. */
  problems: string[];
  memory: { before: number; after: number };
  openFiles: { before: number; after: number };
  /** How often each door was tried. */
  tried: Map<string, number>;
};

type Options = WorldOptions & { playground: Playground; seed: number; count: number; first?: number };

/** What is wrong with an answer; null when nothing is. */
function judge(request: WireRequest, answer: WireAnswer): string | null {
  if (request.cutAt !== null) return null;
  if (answer.isLate) return `no end after ${answer.ms} ms`;
  if (answer.status === null) {
    const mayBeSilent =
      isShort(request) || request.length === 1e15 || request.headers.some(([name]) => name === "Upgrade");
    return mayBeSilent ? null : "no answer";
  }
  return answer.status >= 500 && !isForeseen(request, answer) ? `a ${answer.status}` : null;
}

/**
 * The answers of 500 and above that are known: an address of somebody else's that cannot be reached, and Next's own to TRACE and to a
 * file that is asked for by another method than GET, before anything of ours sees them.
 */
function isForeseen({ method, target }: WireRequest, { status, head, body }: WireAnswer): boolean {
  if (status === 502) return target.startsWith("/api/uploads/preview");
  const isOfNext = method === "TRACE" || head.includes("\r\nAllow: GET\r\n");
  return status === 500 && isOfNext && !body.includes("at ");
}

/** What a server says when it met something it had not thought of. */
const TROUBLE = /unhandled|uncaught|"level":(50|60)|_failed"|\b(Type|Range|Reference|Syntax)Error\b|⨯/i;
/** What Next says by itself: of TRACE, and of a connection that breaks while it holds on to a body that it was sent whole. */
const OF_NEXT = /TypeError: 'TRACE' HTTP method is unsupported\.$|uncaughtException: {2}Error: aborted$/;

/** Sends `count` requests made of `seed`, eight at a time, and tells what went wrong. Each is made of the seed and its own number. */
export async function fuzz({ playground, seed, count, first = 0, ...world }: Options): Promise<Fuzzed> {
  const doors = findDoors();
  const names = findQueryNames();
  const known = await makeWorld(playground, createRandom(seed), world);
  const at = new URL(playground.url);
  const pid = playground.pid();
  const problems: string[] = [];
  const answers = new Map<Door, WireAnswer[]>(doors.map((door) => [door, []]));
  let before = { memory: 0, openFiles: openFilesOf(pid) };
  let next = first;

  async function one(number: number) {
    const random = createRandom(seed ^ Math.imul(number + 1, GOLDEN));
    const door = doors[(number + random.below(3)) % doors.length] as Door;
    const { draft, done } = mutate(draftOf(door, names, known, random), random);
    const request = wireOf(draft);
    const answer = await send(request, at, PATIENCE_MS);
    answers.get(door)?.push(answer);
    const wrong = judge(request, answer);
    if (wrong)
      problems.push(
        `${wrong}: request ${number} (${done.join(", ") || "as it is"})\n${shown(request)}\n=> ${answer.head}\n${answer.body.slice(0, 300)}\n`,
      );
    if (number === first + Math.floor(count * WARM_UP)) before = { ...before, memory: memoryOf(pid) };
  }
  async function work() {
    while (next < first + count) {
      const number = next;
      next += 1;
      await one(number);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));

  if (!(await isAlive(playground))) problems.push("The server is gone");
  const after = await settled(pid, before.openFiles);
  problems.push(...troubleIn(playground.output()));
  return {
    table: tableOf(answers),
    problems,
    memory: { before: before.memory, after: after.memory },
    openFiles: { before: before.openFiles, after: after.openFiles },
    tried: new Map([...answers].map(([door, list]) => [door.name, list.length])),
  };
}

const isAlive = ({ url }: Playground): Promise<boolean> =>
  fetch(`${url}/api/health`).then(
    (answer) => answer.ok,
    () => false,
  );

/** The lines that tell of trouble, each once and with the stack below it. */
function troubleIn(output: string): string[] {
  const lines = output.split("\n");
  const found = lines.flatMap((line, at) => {
    if (!TROUBLE.test(line) || OF_NEXT.test(line)) return [];
    return [[line, ...lines.slice(at + 1, at + 8)].join("\n").slice(0, SHOWN_CHARS)];
  });
  return [...new Set(found)].map((text) => `The server said: ${text}`);
}

/** Waits for what goes on after the last answer (clips that were pressed, connections that were torn), and measures. */
async function settled(pid: number, openFiles: number) {
  const deadline = Date.now() + SETTLE_MS;
  while (openFilesOf(pid) > openFiles && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 250));
  return { memory: memoryOf(pid), openFiles: openFilesOf(pid) };
}

function shown(request: WireRequest): string {
  const text = JSON.stringify(bytesOf(request).toString("latin1"));
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)} (${text.length} characters)` : text;
}

function tableOf(answers: Map<Door, WireAnswer[]>): string {
  const classes = ["2", "3", "4", "5"];
  const rows = [...answers].map(([door, list]) => {
    const counts = classes.map((digit) => list.filter(({ status }) => String(status)[0] === digit).length);
    const silent = list.filter(({ status }) => status === null).length;
    return [door.name, list.length, ...counts, silent, `${Math.max(0, ...list.map(({ ms }) => ms))} ms`].map(String);
  });
  const all = [["", "requests", "2xx", "3xx", "4xx", "5xx", "silent", "slowest"], ...rows];
  const width = Math.max(...all.map(([name]) => name?.length ?? 0));
  return all
    .map(([name = "", ...cells]) => [name.padEnd(width), ...cells.map((cell) => cell.padStart(9))].join(""))
    .join("\n");
}
