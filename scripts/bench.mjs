// `npm run bench`. Old syntax on purpose, see node-version.mjs.
import { requireNode } from "./node-version.mjs";

requireNode();
import("./bench-run.mjs").then((module) => module.benchRun());
