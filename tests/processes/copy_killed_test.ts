import { join } from "node:path";
import { copyStore, JsonFilePersistence, openStore } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { contentOf, fill } from "../operations/copying.ts";
import { Child, DENO } from "./_child.ts";

const FATAL_STEPS = [3, 7, 12, 18, 25, 33];

tempTest("a copy that was killed goes on where it was, and doubles nothing", async (directory) => {
  const source = join(directory, "from.ndjson");
  await using from = new JsonFilePersistence(source);
  await fill(from, 100);
  const expected = await contentOf(from);
  let killed = 0;
  await Promise.all(FATAL_STEPS.map(async (fatal) => {
    const path = join(directory, `${fatal}.ndjson`);
    await using child = new Child(DENO, "_killed_copy.ts", [source, path, fatal], () => {});
    if (await child.ended() !== 0) killed++;
    await using to = await openStore({ url: path, rotation: {} });
    const { verification } = await copyStore({ from, to, waitMs: 5000 });
    assertEquals(verification!.otherRecords, 0);
    assertEquals(await contentOf(to), expected, `killed at step ${fatal}`);
  }));
  assert(killed === FATAL_STEPS.length, `only ${killed} were killed`);
});
