/** Several simulated processes on one store, in the order of steps that each seed wants. */

import { assert, assertEquals, assertMatch } from "../_assert.ts";

const DIRECTORY = import.meta.dirname!;
const SEEDS = 600;

/** Runs seeds from the first on, with something broken on purpose or with nothing. */
async function play(count: number, lie = ""): Promise<{ code: number; output: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      `--import-map=${DIRECTORY}/interleavings.json`,
      `${DIRECTORY}/_interleavings_main.ts`,
      "1",
      `${count}`,
      lie,
    ],
  }).output();
  return { code, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("writers, compactions, recoveries, scans and readers keep every promise in any order", async () => {
  const { code, output } = await play(SEEDS);
  assertEquals(code, 0, output);
  assertMatch(output, /600 runs, \d{5,} calls/);
});

for (const lie of ["lock", "identity", "sync", "syncDirectory"]) {
  Deno.test(`interleavings find a file system that lies about ${lie}`, async () => {
    const { code, output } = await play(100, lie);
    assert(code !== 0, "nothing was found");
    assertMatch(output, /seed \d+: Error/);
  });
}
