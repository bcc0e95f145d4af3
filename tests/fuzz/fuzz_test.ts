/** A few thousand random cases, the same ones each time; `deno task fuzz` tries others for longer. */

import { encodeEntry } from "./corpus.ts";
import { type FuzzResult, TARGETS } from "./targets.ts";

const SEED = 20260101;
const RUNS = 600;

for (const target of TARGETS) {
  Deno.test(`${target.name}, whatever happened to the store`, async () => {
    reportFailure(await target.fuzz({ seed: SEED, runs: RUNS }));
  });
}

function reportFailure({ failure }: FuzzResult): void {
  if (failure === null) return;
  const { property, seed, message } = failure;
  throw new Error(
    `${message}\nseed ${seed}; the case for tests/fuzz/corpus:\n${
      encodeEntry({ property, found: message, case: failure.case })
    }`,
  );
}
