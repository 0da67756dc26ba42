// `npm start`. Old syntax on purpose, see node-version.mjs; the work is imported only once Node is known to understand it.
import { requireNode } from "./node-version.mjs";

requireNode();
import("./serve.mjs").then((module) => module.serve());
