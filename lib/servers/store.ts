import "server-only";
import { randomUUID } from "node:crypto";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const FILE = "id";
const ID = /^[0-9a-f-]{36}$/;

/**
 * The id of a DATA_DIR, made once and kept in it: servers that read the same one see the same files. @throws when the folder
 * cannot be written, or holds something else under that name.
 */
export async function dataDirId(dataDir: string): Promise<string> {
  const file = path.join(/* turbopackIgnore: true */ dataDir, FILE);
  await mkdir(dataDir, { recursive: true });
  // Of two servers that start on an empty folder one makes it; the other may read it before a word is in it.
  await writeFile(file, `${randomUUID()}\n`, { flag: "wx" }).catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
  for (let tries = 0; tries < 20; tries++) {
    const id = (await readFile(file, "utf8")).trim();
    if (ID.test(id)) return id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${file} does not hold the id of this folder. Remove that file, and start again.`);
}

/** Whether a DATA_DIR is there: where its disk is not mounted lies an empty folder under the same name, or none. */
export const isDataDir = (dataDir: string): Promise<boolean> =>
  access(path.join(/* turbopackIgnore: true */ dataDir, FILE)).then(
    () => true,
    () => false,
  );
