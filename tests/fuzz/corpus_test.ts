/** Every case that was ever found, again. */

import { join } from "node:path";
import { checkEntry, decodeEntry } from "./corpus.ts";
import { STORE } from "./subject.ts";

const CORPUS = join(import.meta.dirname!, "corpus");

for (const name of [...Deno.readDirSync(CORPUS)].map((entry) => entry.name).sort()) {
  Deno.test(`the store of corpus/${name} keeps every property`, async () => {
    await checkEntry(decodeEntry(await Deno.readTextFile(join(CORPUS, name))), STORE);
  });
}
