import http from "node:http";
import { expect, test } from "@playwright/test";
import { png } from "./fixtures/picture-files";
import { type Playground, startPlayground } from "./fixtures/server";
import { newVisitor, shaOf, type Visitor } from "./fixtures/visitor";

const METRICS_TOKEN = "token-for-the-metrics-of-this-test";
const PLACE_BYTES = 4_096;

const send = (visitor: Visitor, bytes: Uint8Array) =>
  visitor.fetch("/api/uploads", { method: "POST", body: new Uint8Array(bytes) });

/** What is answered to a file of which only the length was told. */
function announce({ url }: Playground, visitor: Visitor, bytes: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { cookie: visitor.cookie(), "content-length": bytes };
    const request = http.request(`${url}/api/uploads`, { method: "POST", headers }, (answered) => {
      resolve(answered.statusCode);
      request.destroy();
    });
    request.on("error", reject);
    request.flushHeaders();
  });
}

test("uploads take no more of the disk than the owner gives them, whoever sends them", async () => {
  const picture = await png(60, 40);
  const room = 2 * (picture.length + PLACE_BYTES) + 50;
  const playground = await startPlayground({ env: { UPLOADS_MAX_BYTES: String(room), METRICS_TOKEN } });
  const visitors = await Promise.all(Array.from({ length: 4 }, () => newVisitor(playground.url)));
  const [first, second, third, fourth] = visitors as [Visitor, Visitor, Visitor, Visitor];

  await test.step("before anything of a file is sent", async () => {
    expect(await announce(playground, first, 1_000_000)).toBe(507);
  });

  await test.step("and what fits is taken", async () => {
    expect((await send(first, picture)).status).toBe(201);
    expect((await send(second, picture)).status).toBe(201);
    const refused = await send(third, picture);
    expect([refused.status, await refused.json()]).toEqual([
      507,
      {
        error: {
          code: "store_full",
          message:
            "The place that all visitors’ uploads share is full. Nothing of this file was kept, and it cost nothing. Try again later, or tell whoever runs this playground.",
        },
      },
    ]);
    expect((await send(fourth, picture)).status).toBe(507);
  });

  await test.step("which stops nothing else, and is told once", async () => {
    expect(await third.press({ model: "viduq3-pro", input: { prompt: "a press" } })).toMatchObject({ ok: true });
    expect(playground.output().match(/"event":"uploads_full"/g)).toHaveLength(1);
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    const told = await (await fetch(`${playground.url}/metrics`, { headers })).text();
    expect(told).toContain(`playground_uploads_bytes ${room - 50}\n`);
  });

  await test.step("and there is room again where something was deleted", async () => {
    const gone = await first.fetch(`/api/uploads/${shaOf(picture)}`, { method: "DELETE" });
    expect(gone.status).toBe(204);
    expect((await send(third, picture)).status).toBe(201);
    expect((await send(fourth, picture)).status).toBe(507);
  });
  await playground.stop();
});
