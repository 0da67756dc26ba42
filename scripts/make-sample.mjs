// Makes what the first visit shows, in public/sample: a dancer's clip with its poster, and a still of every scene.
// Run it after a change of the sandbox's drawing (node scripts/make-sample.mjs) and commit what it made.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { createServer } from "vite";
import { ROOT } from "./run.mjs";

const SIZE = { width: 960, height: 540 };
const SECONDS = 6;
const STILL_WIDTH = 512;
const folder = path.join(ROOT, "public", "sample");

const server = await createServer({
  root: ROOT,
  configFile: false,
  appType: "custom",
  logLevel: "warn",
  optimizeDeps: { noDiscovery: true },
  resolve: { alias: { "@": ROOT } },
  server: { middlewareMode: true, hmr: false, ws: false },
  ssr: { noExternal: ["server-only"], resolve: { conditions: ["react-server"] } },
});

const kilobytes = (bytes) => `${Math.round(bytes.length / 1024)} KB`;
function write(name, bytes) {
  writeFileSync(path.join(folder, name), bytes);
  console.log(`public/sample/${name}: ${kilobytes(bytes)}`);
}

try {
  const { filmScene } = await server.ssrLoadModule("/lib/sandbox/clip.ts");
  const { SCENES, sceneFile } = await server.ssrLoadModule("/lib/sandbox/scenes.ts");
  mkdirSync(folder, { recursive: true });
  const dancer = SCENES.find((scene) => scene.name === "dancer");
  write("dancer.mp4", await filmScene(dancer, 320, { ...SIZE, seconds: SECONDS, sound: null, caption: null }));
  const poster = sharp(readFileSync(sceneFile(dancer))).resize(SIZE.width, SIZE.height);
  write("dancer-large.webp", await poster.webp({ quality: 82, effort: 6 }).toBuffer());
  // What the code page shows.
  const lighthouse = sharp(readFileSync(sceneFile(SCENES.find((scene) => scene.name === "lighthouse")))).resize(1600);
  write("lighthouse-large.webp", await lighthouse.webp({ quality: 80, effort: 6 }).toBuffer());
  for (const scene of SCENES) {
    const still = sharp(readFileSync(sceneFile(scene))).resize(STILL_WIDTH);
    write(`${scene.name}.webp`, await still.webp({ quality: 82 }).toBuffer());
  }
} finally {
  await server.close();
}
