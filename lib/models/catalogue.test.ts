import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defaultModel, getModel, listModels, ModelFileError, parseModel, readCatalogue } from "@/lib/models/catalogue";
import viduQ3Pro from "@/lib/models/viduq3-pro.json";

const file = (changes: Record<string, unknown>) => JSON.stringify({ ...viduQ3Pro, ...changes });

describe("the catalogue", () => {
  test("holds our own model", () => {
    expect(listModels().map((model) => model.slug)).toContain("viduq3-pro");
    expect(defaultModel().slug).toBe("viduq3-pro");
    expect(getModel("viduq3-pro")?.name).toBe("Vidu Q3 Pro");
    expect(getModel("nothing")).toBeUndefined();
    expect(getModel("__proto__")).toBeUndefined();
  });
});

describe("a folder of models", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "models-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

  test("adds to ours, in the order of the file names; other files are not read", () => {
    write("b.json", file({ slug: "b" }));
    write("a.json", `\uFEFF${file({ slug: "a" })}`);
    write("notes.txt", "nothing");
    expect(readCatalogue(folder).map((model) => model.slug)).toEqual(["viduq3-pro", "a", "b"]);
  });

  test("takes the place of ours", () => {
    write("mine.json", file({ name: "Mine" }));
    expect(readCatalogue(folder).map((model) => model.name)).toEqual(["Mine"]);
  });

  test("two files with one slug name each other", () => {
    write("a.json", file({ slug: "same" }));
    write("b.json", file({ slug: "same" }));
    expect(() => readCatalogue(folder)).toThrow(/b\.json.*\n.*"same" is also in .*a\.json/);
  });

  test("a folder that is not there is named", () => {
    expect(() => readCatalogue(path.join(folder, "gone"))).toThrow(/gone.*\n.*MODELS_DIR cannot be read/);
  });
});

describe("a file that is wrong says so", () => {
  test.each<[string, string, RegExp]>([
    ["no JSON", "{", /x\.json.*\n.*is not JSON/],
    ["a list", "[]", /x\.json.*\n.*the file: /],
    ["no slug", file({ slug: undefined }), /slug: /],
    ["a slug with a slash", file({ slug: "a/b" }), /slug: must be letters/],
    ["no name", file({ name: " " }), /name: must not be empty/],
    ["no schema", file({ inputSchema: undefined }), /inputSchema: must be a JSON Schema object/],
    ["an empty schema", file({ inputSchema: { type: "object" } }), /inputSchema: has no properties/],
    ["an unknown rule", file({ rules: [{ forbid: "x" }] }), /rules\.0: must be \{ "needOneOf"/],
    ["a rule about nothing", file({ rules: [{ omit: "x", when: "prompt" }] }), /rules\.0: names "x"/],
  ])("%s", (_name, text, message) => {
    expect(() => parseModel(text, "x.json")).toThrow(ModelFileError);
    expect(() => parseModel(text, "x.json")).toThrow(message);
  });

  test("all problems are told at once", () => {
    expect(() => parseModel(file({ slug: "", name: "" }), "x.json")).toThrow(/slug: [\s\S]*name: /);
  });
});
