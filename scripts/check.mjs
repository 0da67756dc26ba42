// `npm run check`. Old syntax on purpose, see node-version.mjs.
import { requireNode } from "./node-version.mjs";

requireNode();
import("./test-run.mjs").then((module) => module.checkRun());
