import { settingCells } from "@/components/result/setting-cells";
import { promptField } from "@/lib/models/rules";
import type { Model } from "@/lib/models/schema";

/** A recipe that fills the form in one press, with a static still of what it may look like. */
export type Example = { name: string; about: string; input: Record<string, unknown>; still: string };

/** The clip that plays on an empty stage, and the recipe beside it. */
export type FirstClip = {
  prompt: string;
  facts: string[];
  input: Record<string, unknown>;
  video: string;
  still: string;
};

const USUAL_PROMPT = "A cinematic shot of a dancer turning under soft stage lighting.";

const STARTERS = [
  {
    name: "Rain and neon",
    about: "Night street, one red umbrella",
    still: "/sample/rain.webp",
    prompt:
      "A rainy street at night, neon mirrored in the wet asphalt, one red umbrella crossing slowly. Shallow focus, soft bokeh.",
  },
  {
    name: "Lighthouse",
    about: "A slow dolly-in at dusk",
    still: "/sample/lighthouse.webp",
    prompt:
      "A lighthouse on a basalt cliff at dusk. Slow dolly-in while the beam sweeps through sea mist; the lamp flares as it crosses the lens. 35 mm, natural grain, low wind and distant surf.",
  },
  {
    name: "Tea by the window",
    about: "Steam, late light, hardly a move",
    still: "/sample/tea.webp",
    prompt:
      "A cup of tea and an iron pot on a wooden table, steam rising through slanted morning light. Locked camera, quiet room tone.",
  },
];

/** The model's own example for the empty stage; a usual prompt for a model that has none. */
export function firstClipOf(model: Model): FirstClip {
  const field = promptField(model);
  const own = field ? model.example?.[field] : null;
  const prompt = typeof own === "string" ? own : USUAL_PROMPT;
  const input = model.example ?? (field ? { [field]: prompt } : {});
  const facts = settingCells(model, input).flatMap(({ value }) => (/^(on|off)$/i.test(value) ? [] : [value]));
  return { prompt, facts, input, video: "/sample/dancer.mp4", still: "/sample/dancer-large.webp" };
}

/** Three more prompts, with the settings of the model's own example. None for a model that takes no words. */
export function startersOf(model: Model): Example[] {
  const field = promptField(model);
  if (!field) return [];
  return STARTERS.map(({ prompt, ...starter }) => ({ ...starter, input: { ...model.example, [field]: prompt } }));
}
