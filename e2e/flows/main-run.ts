import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { Screen } from "../fixtures/screen";
import { type test as base, expect } from "../fixtures/test";

const RUNS = [
  { resolution: "720p", ratio: "16:9", seconds: 5, sound: true, width: 1280, height: 720 },
  { resolution: "540p", ratio: "9:16", seconds: 1, sound: false, width: 540, height: 960 },
  { resolution: "1080p", ratio: "4:3", seconds: 16, sound: true, width: 1440, height: 1080 },
];

/** The main job, the same for whoever renders: a prompt, Generate, and the clip that was asked for plays. */
export function describeMainRun(test: typeof base): void {
  for (const run of RUNS) {
    const name = `${run.resolution} ${run.ratio} ${run.seconds} s ${run.sound ? "with" : "without"} sound`;
    test(`a prompt becomes a playing video: ${name}`, async ({ page }) => {
      const screen = await new Screen(page).open();
      await screen.says("Ready");
      await screen.prompt.fill("A cinematic shot of a dancer turning under soft stage lighting.");
      await screen.choose("Resolution", run.resolution);
      await screen.choose("Aspect ratio", run.ratio);
      await page.getByRole("textbox", { name: /^Duration/ }).fill(String(run.seconds));
      await page.getByRole("switch", { name: "Audio" }).setChecked(run.sound);
      await screen.pressGenerate();
      await screen.says("Done", { timeout: 30_000 });
      await screen.plays();

      const facts = await screen.facts();
      expect(facts).toMatchObject({ width: run.width, height: run.height });
      expect(Math.abs(facts.duration - run.seconds)).toBeLessThanOrEqual(0.1);

      const source = await screen.video.evaluate((video: HTMLVideoElement) => video.currentSrc);
      const file = await (await page.request.get(source)).body();
      const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(file) });
      expect((await input.getPrimaryAudioTrack()) !== null).toBe(run.sound);
    });
  }

  test("the clip is saved under a good name", async ({ page }) => {
    const screen = await new Screen(page).open();
    await screen.press("A cinematic shot of a dancer turning under soft stage lighting.");
    await screen.says("Done", { timeout: 30_000 });
    const saving = page.waitForEvent("download");
    await screen.result.getByRole("link", { name: /Download/ }).click();
    const download = await saving;
    expect(download.suggestedFilename()).toMatch(/^viduq3-pro-a-cinematic-shot-of-[0-9a-f]{6}\.mp4$/);
  });

  test("seeking works: the player gets the part of the file it asks for", async ({ page }) => {
    const screen = await new Screen(page).open();
    await screen.press("A lighthouse on a cliff at dusk.");
    await screen.says("Done", { timeout: 30_000 });
    await screen.plays();
    await screen.result.getByRole("button", { name: /Pause/ }).click();
    const scrubber = screen.result.getByRole("slider", { name: /Time|Position|Seek/ });
    await scrubber.focus();
    await scrubber.press("End");
    await expect
      .poll(() => screen.video.evaluate((video: HTMLVideoElement) => video.duration - video.currentTime))
      .toBeLessThan(0.2);
    await scrubber.press("Home");
    await expect.poll(() => screen.video.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeLessThan(0.1);
  });
}
