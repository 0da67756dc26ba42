import { expect, test } from "./fixtures/test";

test("the page opens", async ({ page }) => {
  const answer = await page.goto("/");
  expect(answer?.status()).toBe(200);
  await expect(page).toHaveTitle(/MindVideo Playground/);
  await expect(page.getByRole("region", { name: "Result" }).getByRole("status")).toContainText("Ready");
});

test("health names the upstream and the database", async ({ request }) => {
  const answer = await request.get("/api/health");
  expect(await answer.json()).toMatchObject({ ok: true, upstream: "sandbox", database: "sqlite" });
});
