import { expect, test } from "@playwright/test";
import { startPlayground } from "./fixtures/server";
import { startVendor } from "./fixtures/vendor";
import { newVisitor } from "./fixtures/visitor";

const CRON_SECRET = "cron-secret-of-this-test";
const METRICS_TOKEN = "metrics-token-of-this-test";
const bearer = (secret: string) => ({ headers: { Authorization: `Bearer ${secret}` } });

test("the doors for machines open to their own secret, and tell what was done", async () => {
  const vendor = await startVendor();
  const playground = await startPlayground({
    env: { ...vendor.env, CRON_SECRET, METRICS_TOKEN, ACCESS_CODE: "open sesame" },
  });
  const ask = (path: string, init: RequestInit = {}) => fetch(`${playground.url}${path}`, init);

  for (const path of ["/metrics", "/api/sweep"]) {
    for (const headers of [{}, { Authorization: "Bearer wrong" }, { Authorization: CRON_SECRET }, bearer("").headers]) {
      const refused = await ask(path, { headers });
      expect([path, refused.status, refused.headers.get("www-authenticate")]).toEqual([path, 401, "Bearer"]);
    }
  }
  expect((await ask("/metrics", bearer(CRON_SECRET))).status).toBe(401);
  expect((await ask("/api/sweep", bearer(METRICS_TOKEN))).status).toBe(401);
  for (const method of ["GET", "POST"]) {
    const swept = await ask("/api/sweep", { method, ...bearer(CRON_SECRET) });
    expect(swept.status).toBe(200);
    expect(await swept.json()).toMatchObject({
      done: { generations: expect.any(Number), copies: 0, uploads: 0, removed: 0 },
    });
  }

  const visitor = await newVisitor(playground.url, { code: "open sesame" });
  const id = crypto.randomUUID();
  for (const _ of ["first", "again"])
    await visitor.press({ id, model: "viduq3-pro", input: { prompt: "counted and not told" } });
  await visitor.press({ model: "no such model", input: {} });
  await expect.poll(async () => (await visitor.generation(id))?.status).toBe("succeeded");
  const read = async () => (await ask("/metrics", bearer(METRICS_TOKEN))).text();
  await expect.poll(read).toContain('playground_vault_copies_total{result="kept"} 1');
  const told = await read();
  for (const line of [
    'playground_presses_total{result="accepted"} 1',
    'playground_presses_total{result="known"} 1',
    'playground_presses_total{result="unknown_model"} 1',
    'playground_vendor_calls_total{kind="submit",status="ok"} 1',
    'playground_http_requests_total{route="/metrics",method="GET",status="401"} 5',
    "playground_database_up 1",
    "playground_servers 1",
  ]) {
    expect(told).toContain(line);
  }
  expect(told).toMatch(/playground_claims_total\{of="step",outcome="won"\} [1-9]/);
  expect(told).toMatch(/playground_sweep_rounds_total\{chore="generations",result="done"\} [1-9]/);
  for (const secret of ["counted and not told", id, vendor.env.MINDVIDEO_API_KEY, "no such model"])
    expect(told).not.toContain(secret);

  const shared = await visitor.call<{ value: { token: string } }>("shareGeneration", id, { pictures: false });
  const token = shared?.value.token ?? "";
  expect(token).not.toBe("");
  await visitor.fetch(`/g/${id}?t=${token}`);
  const lines = playground
    .output()
    .split("\n")
    .filter((line) => /^[{\w]/.test(line));
  expect(lines.length).toBeGreaterThan(0);
  // One line an event, and nothing in it that opens a door or is anybody's business.
  for (const line of lines) expect(JSON.parse(line).event, line).toEqual(expect.any(String));
  for (const secret of [CRON_SECRET, METRICS_TOKEN, "open sesame", token, "counted and not told"]) {
    expect(lines.join("\n")).not.toContain(secret);
  }

  await playground.restart({ ...vendor.env });
  for (const path of ["/metrics", "/api/sweep"]) {
    for (const init of [{}, bearer(""), bearer("null"), bearer(CRON_SECRET)])
      expect((await ask(path, init)).status).toBe(404);
  }
  await playground.stop();
  await vendor.close();
});
