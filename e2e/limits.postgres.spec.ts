import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { GenerationsAnswer } from "../lib/generations/schema";
import { isFinal } from "../lib/generations/transitions";
import type { SpendView } from "../lib/spend/schema";
import { test } from "./fixtures/postgres";
import { newDataDir, startPlayground } from "./fixtures/server";
import { expect } from "./fixtures/test";
import { startVendor, type Vendor } from "./fixtures/vendor";
import { newVisitor, type Visitor } from "./fixtures/visitor";

const SERVERS = 3;
const VISITORS = 20;
const PRESSES_EACH = 10;
/** Millionths, as in the books; an odd number, so that nothing adds up by being round. */
const COST = 675_013;
const DEARER = 899_999;
const LIMIT_ALL = 60 * COST + 5;
const LIMIT_VISITOR = 4 * COST;

const inUnits = (millionths: number) => millionths / 1_000_000;

/** What the words of a prompt bring about. The settings differ too, so that each learns a price of its own. */
const KINDS = [
  { word: "plain", duration: 5 },
  { word: "refused", duration: 5 },
  { word: "free failure", duration: 5 },
  { word: "silent failure", duration: 5 },
  { word: "lost answer", duration: 5 },
  { word: "cheaper", duration: 3 },
  { word: "dearer", duration: 4 },
];

function misbehave(vendor: Vendor): void {
  vendor.ending({ status: "succeeded", cost: inUnits(COST), estimate: inUnits(COST) });
  vendor.ending({ prompt: "free failure", status: "failed", cost: 0, estimate: inUnits(COST) });
  // It charges, and does not say so: what was held is what it must have cost.
  const silent = { error: "Broken", cost_actual: undefined };
  vendor.ending({
    prompt: "silent failure",
    status: "failed",
    cost: inUnits(COST),
    estimate: inUnits(COST),
    answer: silent,
  });
  vendor.ending({ prompt: "cheaper", status: "succeeded", cost: inUnits(400_001), estimate: inUnits(400_001) });
  vendor.ending({ prompt: "dearer", status: "succeeded", cost: inUnits(DEARER), estimate: inUnits(COST) });
  vendor.next({ prompt: "refused", status: 422, body: { error: "No." }, times: "always" });
  // Made and charged, while the answer says that it broke: the same job under the same number is asked for again.
  vendor.next({ prompt: "lost answer", status: 500, makeTask: true, times: 8 });
}

/** A connection that a busy server closed while it was taken up again brings no answer; a page asks again, too. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      // What `fetch` throws when the network fails; anything else is a mistake of this test.
      if (!(error instanceof TypeError) || error.message !== "fetch failed") throw error;
      await delay(200);
    }
  }
}

type State = { scope: string; day: string; held: number; reserved: number; spent: number };

// Written by the database itself, with every change: nothing between two looks can be missed.
const KEEP_EVERY_STATE = `
  create table spend_states (scope text, day text, held bigint, reserved bigint, spent bigint);
  create function keep_spend() returns trigger language plpgsql as $$ begin
    insert into spend_states values
      (new.scope, new.day, new.reserved - case when tg_op = 'INSERT' then 0 else old.reserved end, new.reserved, new.spent);
    return new;
  end $$;
  create trigger keep_spend after insert or update on spend for each row execute function keep_spend();`;

test("200 presses at once by 20 visitors over 3 servers pass no limit, and the books agree with the ledger", async ({
  database,
}) => {
  test.setTimeout(120_000);
  const vendor = await startVendor({ settings: { queuedMs: 100, finishedMs: 600 } });
  misbehave(vendor);
  const dataDir = newDataDir();
  const env = {
    ...vendor.env,
    DATABASE_URL: database.url,
    SPEND_LIMIT_DAILY: String(inUnits(LIMIT_ALL)),
    SPEND_LIMIT_VISITOR_DAILY: String(inUnits(LIMIT_VISITOR)),
    ...{
      ACTIVE_LIMIT_VISITOR: "1000",
      SUBMITS_PER_MINUTE: "1000",
      SUBMITS_PER_MINUTE_ALL: "10000",
      VENDOR_RPS: "1000",
    },
  };
  const servers = await Promise.all(Array.from({ length: SERVERS }, () => startPlayground({ env, dataDir })));
  try {
    await database.query(KEEP_EVERY_STATE);
    const urls = servers.map(({ url }) => url);
    const visitors = await Promise.all(Array.from({ length: VISITORS }, () => newVisitor(urls[0] ?? "")));
    const accepted: { id: string; visitor: Visitor }[] = [];
    const refusals = new Map<string, number>();
    let turn = 0;
    const press = async (visitor: Visitor, word: string, duration: number) => {
      const at = visitor.at(urls[turn++ % SERVERS] ?? "");
      const input = { prompt: `${word} ${turn}`, duration, resolution: "720p" };
      const id = crypto.randomUUID();
      const send = () => untilAnswered(() => at.press({ id, model: "viduq3-pro", input }));
      let result = await send();
      // As a page does it: what was answered "not now" is the same press a moment later.
      while (!result.ok && result.error.code === "unavailable") {
        await delay(500);
        result = await send();
      }
      if (result.ok) return void accepted.push({ id: result.value.id, visitor });
      const { code, details } = result.error;
      refusals.set(code, (refusals.get(code) ?? 0) + 1);
      const limit = code === "over_limit_visitor" ? LIMIT_VISITOR : LIMIT_ALL;
      expect(details, code).toMatchObject({ limit, resetsAt: expect.any(Number) });
    };
    const ends = async (visitor: Visitor, index: number) => {
      const ids = accepted.filter((one) => one.visitor === visitor).map(({ id }) => id);
      for (let isOver = ids.length === 0; !isOver; ) {
        const server = visitor.at(urls[index % SERVERS] ?? "");
        const read = await untilAnswered(() => server.fetch(`/api/generations?ids=${ids}`));
        const { generations = [], pollAfterMs = null } = (await read.json()) as Partial<GenerationsAnswer>;
        expect(generations.filter(({ status }) => status === "unconfirmed")).toEqual([]);
        isOver = generations.length === ids.length && generations.every(({ status }) => isFinal(status));
        if (!isOver) await delay(pollAfterMs ?? 250);
      }
    };
    const everythingEnds = () => Promise.all(visitors.map(ends));

    // Nobody knows a price, and the first job does not tell one until it goes on: of twenty presses at once, one runs.
    vendor.set({ hold: "queued" });
    vendor.next({ omit: ["cost_estimate"] });
    await Promise.all(visitors.map((visitor) => press(visitor, "plain", 5)));
    expect(accepted).toHaveLength(1);
    expect(Object.fromEntries(refusals)).toEqual({ price_unknown: VISITORS - 1 });
    vendor.set({ hold: null });
    await everythingEnds();
    refusals.clear();

    const attack = visitors.flatMap((visitor, number) =>
      Array.from({ length: PRESSES_EACH }, (_, index) => ({ visitor, ...KINDS[(number + index) % KINDS.length] })),
    );
    await Promise.all(attack.map(({ visitor, word = "", duration = 5 }) => press(visitor, word, duration)));
    await everythingEnds();
    await Promise.all(visitors.map((visitor) => press(visitor, "plain", 5)));
    await everythingEnds();

    const states = (await database.query<Record<keyof State, string>>("select * from spend_states")).map(
      ({ scope, day, ...money }): State => ({
        ...{ scope, day },
        ...{ held: Number(money.held), reserved: Number(money.reserved), spent: Number(money.spent) },
      }),
    );
    // What was given back was spent again: now, or on a busy machine while the attack still went on.
    const everHeld = states.filter(({ scope, held }) => scope === "mindvideo:all" && held > 0);
    expect(everHeld.reduce((sum, { held }) => sum + held, 0)).toBeGreaterThan(LIMIT_ALL);
    const owners = await database.query<{ id: string; owner: string }>("select id, owner from generations");
    const ownerOf = new Map(owners.map(({ id, owner }) => [id, owner]));
    const ledger = vendor.ledger().map(({ key, cost, input }) => ({
      scope: `mindvideo:${ownerOf.get(key)}`,
      cost: Math.round(cost * 1_000_000),
      isDearer: String(input.prompt).startsWith("dearer"),
    }));
    for (const { scope, held, reserved, spent } of states) {
      const isAll = scope === "mindvideo:all";
      const limit = isAll ? LIMIT_ALL : LIMIT_VISITOR;
      expect(reserved).toBeGreaterThanOrEqual(0);
      if (held > 0) expect(reserved + spent, `held for ${scope}`).toBeLessThanOrEqual(limit);
      const ended = ledger.filter((charge) => charge.isDearer && (isAll || charge.scope === scope));
      expect(reserved + spent, scope).toBeLessThanOrEqual(limit + ended.length * (DEARER - COST));
    }

    const sumOf = (charges: { cost: number }[]) => charges.reduce((sum, { cost }) => sum + cost, 0);
    const books = await database.query<{ scope: string; reserved: string; spent: string }>(
      "select scope, sum(reserved) as reserved, sum(spent) as spent from spend group by scope",
    );
    const scopes = new Set(["mindvideo:all", ...ledger.map(({ scope }) => scope)]);
    expect(books.map(({ scope }) => scope)).toEqual(expect.arrayContaining([...scopes]));
    for (const { scope, reserved, spent } of books) {
      const charges = scope === "mindvideo:all" ? ledger : ledger.filter((charge) => charge.scope === scope);
      expect({ scope, reserved, spent }).toEqual({ scope, reserved: "0", spent: String(sumOf(charges)) });
    }
    // Whoever was accepted was charged once, or refused by MindVideo; nobody else was charged.
    const refused = await database.query<{ id: string }>("select id from generations where may_have_arrived = 0");
    expect(
      vendor
        .ledger()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(
      accepted
        .map(({ id }) => id)
        .filter((id) => !refused.some((row) => row.id === id))
        .sort(),
    );
    expect(refused.length).toBeGreaterThan(0);
    expect(refusals.get("over_limit_visitor") ?? 0).toBeGreaterThan(0);
    expect(refusals.get("over_limit") ?? 0).toBeGreaterThan(0);

    // Every server tells the same.
    const views = await Promise.all(
      urls.map(async (url) => (await visitors[0]?.at(url).fetch("/api/spend?model=viduq3-pro"))?.json()),
    );
    for (const view of views as SpendView[]) {
      expect(view.left.all).toMatchObject({ limit: LIMIT_ALL, reserved: 0, spent: sumOf(ledger) });
      expect(view.expected).toEqual({ cost: DEARER, basis: "highest" });
    }
    test.info().annotations.push({
      type: "books",
      description: `${accepted.length} accepted, ${ledger.length} charged, refused ${JSON.stringify(Object.fromEntries(refusals))}, ${states.length} states of the books`,
    });
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await vendor.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
