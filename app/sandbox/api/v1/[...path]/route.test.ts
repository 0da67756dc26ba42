import { afterEach, describe, expect, it, vi } from "vitest";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;

/** The route as a server with this key would have it; null is a server without one. */
async function open(key: string | null) {
  vi.resetModules();
  vi.stubEnv("MINDVIDEO_API_KEY", key ?? undefined);
  vi.stubEnv("SANDBOX_SECONDS", "0.05");
  return import("@/app/sandbox/api/v1/[...path]/route");
}

afterEach(() => vi.unstubAllEnvs());

describe("the sandbox's door", () => {
  it("is closed when a real key is set", async () => {
    const route = await open("mv_live_test");
    for (const method of METHODS) {
      const request = new Request("http://0.0.0.0:3000/sandbox/api/v1/tasks/x", {
        method,
        headers: { authorization: "Bearer mv_sandbox" },
      });
      expect([method, (await route[method](request)).status]).toEqual([method, 404]);
    }
  });

  it("gives links at the address it was called at, not the one the server listens on", async () => {
    const route = await open(null);
    const address = "http://0.0.0.0:3000/sandbox/api/v1/tasks";
    const headers = { authorization: "Bearer mv_sandbox", host: "play.example.com", "x-forwarded-proto": "https" };
    const body = JSON.stringify({ model: "viduq3-pro", input: { prompt: "x", resolution: "540p", duration: 1 } });
    const answer = await route.POST(
      new Request(address, { method: "POST", headers: { ...headers, "idempotency-key": crypto.randomUUID() }, body }),
    );
    expect(answer.status).toBe(201);
    const { task_id } = await answer.json();
    const ask = async () => (await route.GET(new Request(`${address}/${task_id}`, { headers }))).json();
    await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).toBe("succeeded");
    const url = `https://play.example.com/sandbox/api/v1/files/${task_id}.mp4`;
    expect((await ask()).output.videos).toEqual([{ url }]);
  });
});
