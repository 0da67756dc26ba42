// `npm run chaos`. Old syntax on purpose, see node-version.mjs.
import { requireNode } from "./node-version.mjs";

requireNode();
import("./chaos-run.mjs").then((module) => module.chaosRun());
