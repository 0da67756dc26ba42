// `npm run fuzz`. Old syntax on purpose, see node-version.mjs.
import { requireNode } from "./node-version.mjs";

requireNode();
import("./fuzz-run.mjs").then((module) => module.fuzzRun());
