import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chooseScene, SCENES, sceneFile } from "@/lib/sandbox/scenes";

describe("chooseScene", () => {
  it.each([
    ["A cinematic shot of a dancer turning under soft stage lighting.", "dancer"],
    ["A lighthouse on a basalt cliff at dusk", "lighthouse"],
    ["Rain, neon, one red umbrella", "rain"],
    ["A cup of tea by the window, steam rising", "tea"],
    ["Waves roll onto a beach, seen from above", "shore"],
    ["Hot-air balloons over a valley at sunrise", "balloons"],
  ])("finds the scene of “%s”", (prompt, name) => {
    expect(chooseScene(prompt, undefined).scene.name).toBe(name);
  });

  it("gives any prompt a scene, the same one each time", () => {
    expect(chooseScene("抽象", 1)).toEqual(chooseScene("抽象", 1));
    const names = new Set(Array.from({ length: 60 }, (_, n) => chooseScene(`Nothing known ${n}`, n).scene.name));
    expect(names.size).toBeGreaterThan(5);
  });

  it("has a picture for every scene", () => {
    for (const scene of SCENES) expect([scene.name, existsSync(sceneFile(scene))]).toEqual([scene.name, true]);
  });
});
