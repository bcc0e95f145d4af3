import { assert } from "../_assert.ts";
import { editedTexts, readOriginal } from "./copy.ts";
import { MUTATIONS } from "./mutations.ts";

for (const { name, edits, caughtBy } of MUTATIONS) {
  Deno.test(`the code can still be broken so that ${name}`, async () => {
    assert(caughtBy.length > 0, "nobody is meant to find it");
    for (const [file, text] of await editedTexts(edits)) {
      assert(text !== await readOriginal(file), `nothing changes in ${file}`);
    }
  });
}
