import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Generation, GenerationsAnswer, GenerationsPage } from "../../lib/generations/schema";
import type { SpendView } from "../../lib/spend/schema";
import { type Playground, startPlayground } from "../fixtures/server";
import { startVendor, type Vendor } from "../fixtures/vendor";
import { newVisitor, type Visitor } from "../fixtures/visitor";
import { type PlannedPress, planRounds } from "./plan";

const VISITORS = 5;
const MODEL = "viduq3-pro";
const AGAIN_MS = 200;
const READ_EVERY_MS = 400;
const READ_AT_ONCE = 20;
// The claim of a killed server, the longest POST, and room for a machine that is busy.
const SETTLE_MS = 120_000;
// A server that never lives longer than a second or two cannot bring everything to its end within the ten minutes in which a
// send is tried again: what was pressed so far is let come to rest now and then.
const REST_EVERY = 25;
const ENDS = new Set(["succeeded", "failed", "cancelled", "unconfirmed"]);

type Press = PlannedPress & { id: string; by: Visitor; answered: Promise<"accepted" | "left" | string> };

export type Report = {
  kills: number;
  presses: number;
  /** Presses that the page saw accepted. */
  accepted: number;
  charges: number;
  /** Presses with more than one row or more than one charge. */
  duplicates: number;
  /** Accepted presses without a row, or without the charge that belongs to them; charges that no row knows of. */
  lost: number;
  /** Rows that came to no end, and ends that nobody planned. */
  stuck: number;
  /** Rows of which nobody can know; those that MindVideo refused after a server had died over them are not among these. */
  unconfirmed: number;
  /** What the books say in the end, in millionths, and what they should. */
  reserved: number;
  spent: number;
  owed: number;
  seconds: number;
  /** What is behind each number that should be 0. */
  findings: string[];
};

/** Presses at random while the server is killed at random, and looks in the end at what became of every press. */
export async function runChaos(options: {
  seed: number;
  rounds: number;
  env?: Record<string, string>;
}): Promise<Report> {
  const from = Date.now();
  const vendor = await startVendor({ settings: { queuedMs: 100, finishedMs: 600 } });
  const playground = await startPlayground({
    env: {
      ...vendor.env,
      ...{ SUBMITS_PER_MINUTE: "100000", SUBMITS_PER_MINUTE_ALL: "100000", ACTIVE_LIMIT_VISITOR: "100000" },
      // A limit that is never reached: the books are kept and told.
      ...{ VENDOR_RPS: "100", SPEND_LIMIT_DAILY: "1000000" },
      ...options.env,
    },
  });
  try {
    const visitors = await Promise.all(Array.from({ length: VISITORS }, () => newVisitor(playground.url)));
    const first = await pressOnce(visitors[0] as Visitor, vendor);
    const { presses, kills } = await rage(playground, vendor, visitors, options);
    const report = await judge([first, ...presses], visitors, vendor);
    return { ...report, kills, seconds: Math.round((Date.now() - from) / 1_000) };
  } finally {
    await playground.stop();
    await vendor.close();
  }
}

/** One press without any trouble, so that a price is known: until then a money limit lets one in at a time. */
async function pressOnce(by: Visitor, vendor: Vendor): Promise<Press> {
  const plain = { prompt: "chaos begins.", visitor: 0, atMs: 0, isLeft: false, isRefused: false, faults: [] };
  const press = begin(plain, by, vendor);
  await press.answered;
  while ((await by.generation(press.id))?.status !== "succeeded") await delay(READ_EVERY_MS);
  return press;
}

/** Sends a press as the page does: the same number again, until there is an answer. */
function begin(planned: PlannedPress, by: Visitor, vendor: Vendor): Press {
  const id = randomUUID();
  vendor.next(...planned.faults);
  const send = async () => {
    for (;;) {
      const result = await by.press({ id, model: MODEL, input: { prompt: planned.prompt } }).catch(() => null);
      if (result?.ok) return "accepted";
      if (result && result.error.code !== "unavailable") return result.error.code;
      if (planned.isLeft) return "left";
      await delay(AGAIN_MS);
    }
  };
  return { ...planned, id, by, answered: send() };
}

async function rage(
  playground: Playground,
  vendor: Vendor,
  visitors: Visitor[],
  { seed, rounds }: { seed: number; rounds: number },
) {
  const presses: Press[] = [];
  let kills = 0;
  let isOver = false;
  const read = async (visitor: Visitor) => {
    while (!isOver) {
      const ids = presses.filter(({ by }) => by === visitor).slice(-READ_AT_ONCE);
      if (ids.length > 0) await readRows(visitor, ids).catch(() => []);
      await delay(READ_EVERY_MS);
    }
  };
  const readers = visitors.map(read);
  const kill = async () => {
    await playground.kill();
    kills += 1;
  };
  for (const [index, round] of planRounds(seed, rounds, visitors.length).entries()) {
    if (index > 0 && index % REST_EVERY === 0) await settle(presses);
    for (const planned of round.presses) {
      const by = visitors[planned.visitor] as Visitor;
      setTimeout(() => presses.push(begin(planned, by, vendor)), planned.atMs);
    }
    await delay(round.killAtMs);
    await kill();
    if (round.killStartAtMs !== null) {
      const start = playground.restart().catch(() => {});
      await delay(round.killStartAtMs);
      await kill();
      await start;
    }
    await playground.restart();
    // The presses of this round that were planned for after the kill.
    await delay(Math.max(0, ...round.presses.map(({ atMs }) => atMs - round.killAtMs)));
  }
  isOver = true;
  await Promise.all(readers);
  return { presses, kills };
}

async function readRows(visitor: Visitor, presses: Press[]): Promise<Generation[]> {
  const answered = await visitor.fetch(`/api/generations?ids=${presses.map(({ id }) => id).join(",")}`);
  return answered.ok ? ((await answered.json()) as GenerationsAnswer).generations : [];
}

async function settle(presses: Press[]): Promise<void> {
  const until = Date.now() + SETTLE_MS;
  let open = presses;
  while (open.length > 0 && Date.now() < until) {
    const still: Press[] = [];
    for (const visitor of new Set(open.map(({ by }) => by))) {
      const mine = open.filter(({ by }) => by === visitor);
      for (let at = 0; at < mine.length; at += READ_AT_ONCE) {
        const some = mine.slice(at, at + READ_AT_ONCE);
        const rows = new Map((await readRows(visitor, some)).map((row) => [row.id, row.status]));
        // A press that was left may have no row.
        still.push(...some.filter(({ id, isLeft }) => (rows.has(id) ? !ENDS.has(rows.get(id) ?? "") : !isLeft)));
      }
    }
    open = still;
    await delay(READ_EVERY_MS);
  }
}

async function historyOf(visitor: Visitor): Promise<Generation[]> {
  const rows: Generation[] = [];
  for (let next: string | null = ""; next !== null; ) {
    const answered = await visitor.fetch(`/api/generations${next ? `?before=${next}` : ""}`);
    const page = (await answered.json()) as GenerationsPage;
    rows.push(...page.generations);
    next = page.next;
  }
  return rows;
}

async function judge(
  presses: Press[],
  visitors: Visitor[],
  vendor: Vendor,
): Promise<Omit<Report, "kills" | "seconds">> {
  const answers = new Map<Press, string>();
  for (const press of presses) answers.set(press, await press.answered);
  await settle(presses);

  const rows = (await Promise.all(visitors.map(historyOf))).flat();
  const ledger = vendor.ledger();
  const findings: string[] = [];
  const count = { accepted: 0, duplicates: 0, lost: 0, stuck: 0, unconfirmed: 0 };
  const found = (what: "duplicates" | "lost" | "stuck" | "unconfirmed", press: Press, about: string) => {
    count[what] += 1;
    findings.push(`${what}: "${press.prompt}" ${press.id}: ${about}`);
  };
  let isPaidFor = 0;
  for (const press of presses) {
    const answer = answers.get(press);
    const mine = rows.filter((row) => row.input.prompt === press.prompt);
    const charges = ledger.filter((charge) => charge.input.prompt === press.prompt).length;
    const [row] = mine;
    if (answer === "accepted") count.accepted += 1;
    else if (answer !== "left") found("stuck", press, `answered ${answer}`);
    if (mine.length > 1 || charges > 1) found("duplicates", press, `${mine.length} rows, ${charges} charges`);
    if (row && row.id !== press.id) found("stuck", press, `its row is ${row.id}`);
    if (!row) {
      if (answer === "accepted" || charges > 0) found("lost", press, `${answer}, no row, ${charges} charges`);
    } else if (!ENDS.has(row.status)) {
      found("stuck", press, row.status);
    } else if (row.status === "unconfirmed") {
      // A server that died over its POST cannot know that MindVideo would have refused that one, too.
      if (!press.isRefused) found("unconfirmed", press, `${row.error?.code}, ${charges} charges`);
      await press.by.call("letItBe", press.id);
      if (charges === 0) isPaidFor += 1;
    } else if (press.isRefused) {
      if (row.status !== "failed" || charges > 0) found("stuck", press, `refused, ${row.status}, ${charges} charges`);
    } else {
      if (row.status !== "succeeded") found("stuck", press, `${row.status}, ${row.error?.code}`);
      if (charges === 0) found("lost", press, `${row.status} without a charge`);
    }
  }

  const price = ledger[0]?.cost ?? 0;
  const asked = await (visitors[0] as Visitor).fetch(`/api/spend?model=${MODEL}`);
  const { left } = (await asked.json()) as SpendView;
  return {
    ...count,
    presses: presses.length,
    charges: ledger.length,
    reserved: left.all?.reserved ?? Number.NaN,
    spent: left.all?.spent ?? Number.NaN,
    // What was let be counts as spent, charged or not: nobody can know.
    owed: Math.round((ledger.reduce((sum, { cost }) => sum + cost, 0) + isPaidFor * price) * 1_000_000),
    findings,
  };
}

/** The report as lines of text. */
export function tableOf(name: string, report: Report): string {
  const { findings, ...numbers } = report;
  const lines = Object.entries(numbers).map(([what, number]) => `  ${what.padEnd(12)} ${String(number).padStart(12)}`);
  return [name, ...lines, ...findings.map((finding) => `  ! ${finding}`)].join("\n");
}
