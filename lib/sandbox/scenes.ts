import "server-only";
import { createHash } from "node:crypto";
import path from "node:path";

/**
 * Something in a scene that moves. Its place is an ellipse with a soft rim, in shares of the scene's 16:9 picture.
 * A "flow" drifts on and on (clouds, water, steam); a "sway" goes to and fro. `x`, `y` are shares of the picture's
 * height: a second for a flow, at the widest for a sway.
 */
export type Stir = { kind: "flow" | "sway"; at: [number, number]; reach: [number, number]; x: number; y: number };

export type Scene = {
  name: string;
  /** Prompts with one of these words are given this scene. */
  words: RegExp;
  /** What has to stay in the picture when its sides are cut off, and where the camera heads. */
  focus: [number, number];
  /** Where the light swells, and how far it reaches, as a share of the picture's height. */
  light: { at: [number, number]; reach: number; gain: number };
  stirs: Stir[];
};

export const SCENES: Scene[] = [
  {
    name: "dancer",
    words:
      /\b(danc|ballet|ballerina|stage|spotlight|theat|perform|singer|concert|wom[ae]n|girls?\b|m[ae]n\b|boys?\b|person|actor)/i,
    focus: [0.505, 0.5],
    light: { at: [0.51, 0.42], reach: 0.62, gain: 0.24 },
    stirs: [
      { kind: "sway", at: [0.42, 0.74], reach: [0.17, 0.26], x: -0.006, y: 0.008 },
      { kind: "sway", at: [0.6, 0.74], reach: [0.17, 0.26], x: 0.006, y: -0.008 },
      { kind: "sway", at: [0.5, 0.3], reach: [0.18, 0.3], x: 0.006, y: 0 },
    ],
  },
  {
    name: "lighthouse",
    words: /\b(lighthouse|beacon|cliff|harbou?r|coast|dusk|ships?\b|boats?\b|storm|lamps?\b)/i,
    focus: [0.76, 0.42],
    light: { at: [0.79, 0.17], reach: 0.5, gain: 0.34 },
    stirs: [
      { kind: "flow", at: [0.25, 0.16], reach: [0.44, 0.34], x: 0.014, y: 0 },
      { kind: "flow", at: [0.22, 0.84], reach: [0.36, 0.22], x: 0.012, y: 0.004 },
      { kind: "flow", at: [0.85, 0.7], reach: [0.18, 0.14], x: 0.012, y: -0.004 },
    ],
  },
  {
    name: "rain",
    words: /\b(rain(y|s|ing)?\b|umbrella|neon|night|city|cities|street|cyberpunk|tokyo|cars?\b|traffic|urban)/i,
    focus: [0.645, 0.5],
    light: { at: [0.5, 0.5], reach: 0.7, gain: 0.22 },
    stirs: [
      { kind: "sway", at: [0.25, 0.84], reach: [0.3, 0.16], x: 0.014, y: 0 },
      { kind: "sway", at: [0.9, 0.84], reach: [0.2, 0.16], x: -0.014, y: 0 },
      { kind: "sway", at: [0.66, 0.42], reach: [0.14, 0.2], x: 0.005, y: -0.006 },
    ],
  },
  {
    name: "jellyfish",
    words:
      /\b(jellyfish|underwater|deep\b|fish|whale|dive|diver|reefs?\b|aquarium|space|stars?\b|galaxy|planet|alien|dream)/i,
    focus: [0.52, 0.5],
    light: { at: [0.52, 0.3], reach: 0.7, gain: 0.2 },
    stirs: [
      { kind: "sway", at: [0.51, 0.85], reach: [0.16, 0.3], x: 0.03, y: 0.01 },
      { kind: "sway", at: [0.52, 0.32], reach: [0.16, 0.24], x: 0, y: -0.022 },
      { kind: "sway", at: [0.8, 0.3], reach: [0.1, 0.2], x: -0.01, y: -0.03 },
      { kind: "sway", at: [0.22, 0.75], reach: [0.1, 0.2], x: 0.012, y: -0.03 },
    ],
  },
  {
    name: "shore",
    words: /\b(shore|beach|ocean|seas?\b|wave|surf|island|sandy?\b|tropical|aerial|drone|lakes?\b|river|water|swim)/i,
    focus: [0.6, 0.5],
    light: { at: [0.35, 0.4], reach: 0.8, gain: 0.08 },
    stirs: [
      { kind: "flow", at: [0.2, 0.5], reach: [0.34, 0.7], x: 0.012, y: 0.006 },
      { kind: "sway", at: [0.6, 0.5], reach: [0.12, 0.7], x: 0.03, y: 0.006 },
    ],
  },
  {
    name: "tea",
    words:
      /\b(teas?\b|teapot|coffee|cups?\b|kettle|kitchen|food|cook|breakfast|steam|product|bottle|window|room|interior|table|cats?\b|dogs?\b)/i,
    focus: [0.45, 0.6],
    light: { at: [0.3, 0.3], reach: 0.8, gain: 0.16 },
    stirs: [{ kind: "sway", at: [0.33, 0.3], reach: [0.11, 0.3], x: 0.009, y: -0.004 }],
  },
  {
    name: "balloons",
    words: /\b(hot-air|balloon|sky\b|skies|fly|flight|bird|plane|dragon|cloud|float|kites?\b|festival)/i,
    focus: [0.4, 0.45],
    light: { at: [0.6, 0.4], reach: 0.8, gain: 0.1 },
    stirs: [
      { kind: "sway", at: [0.3, 0.28], reach: [0.1, 0.22], x: 0.012, y: -0.035 },
      { kind: "sway", at: [0.5, 0.17], reach: [0.08, 0.17], x: -0.01, y: 0.025 },
      { kind: "sway", at: [0.79, 0.31], reach: [0.09, 0.19], x: 0.012, y: -0.03 },
      { kind: "sway", at: [0.15, 0.42], reach: [0.06, 0.12], x: 0.008, y: -0.02 },
    ],
  },
  {
    name: "forest",
    words: /\b(forest|tree|wood|fog|misty?\b|winter|snow|wolf|wolves|deer\b|jungle|nature|horror|dark\b)/i,
    focus: [0.45, 0.55],
    light: { at: [0.5, 0.15], reach: 0.9, gain: 0.1 },
    stirs: [{ kind: "flow", at: [0.5, 0.1], reach: [0.7, 0.2], x: 0.02, y: 0 }],
  },
  {
    name: "dunes",
    words: /\b(desert|dunes?\b|sahara|camel|caravan|mars\b|roads?\b|western|horse)/i,
    focus: [0.4, 0.5],
    light: { at: [0.8, 0.2], reach: 0.8, gain: 0.08 },
    stirs: [{ kind: "flow", at: [0.45, 0.8], reach: [0.5, 0.2], x: 0.01, y: -0.003 }],
  },
  {
    name: "ridges",
    words: /\b(mountain|hill|valley|sunrise|sunset|morning|golden|landscape|hike|field|village|summer|autumn)/i,
    focus: [0.6, 0.5],
    light: { at: [0.63, 0.27], reach: 0.7, gain: 0.12 },
    stirs: [{ kind: "flow", at: [0.4, 0.08], reach: [0.7, 0.16], x: 0.018, y: 0 }],
  },
];

/** The scene for a prompt, and a number that varies it. The same prompt and seed give the same. */
export function chooseScene(prompt: string, seed: unknown): { scene: Scene; variant: number } {
  const variant = createHash("sha256")
    .update(`${prompt}\n${seed ?? ""}`)
    .digest()
    .readUInt32BE(0);
  const found = SCENES.map((scene) => ({ scene, at: prompt.search(scene.words) })).filter(({ at }) => at >= 0);
  found.sort((a, b) => a.at - b.at);
  // Without a known word, the prompt's own number decides; a dancer is for those who asked for one.
  const others = SCENES.slice(1);
  return { scene: found[0]?.scene ?? (others[variant % others.length] as Scene), variant };
}

export const sceneFile = (scene: Scene): string =>
  path.join(/* turbopackIgnore: true */ process.cwd(), "lib", "sandbox", "scenes", `${scene.name}.webp`);
