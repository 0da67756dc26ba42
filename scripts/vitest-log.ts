import pino from "pino";
import { log } from "@/lib/log";

// By way of the console, which Vitest shows with the test that failed and keeps quiet about where none did.
Object.assign(log, { [pino.symbols.streamSym]: { write: (line: string) => console.info(line.trimEnd()) } });
