/**
 * Whether processes that append do not write over each other.
 *
 * @module
 */

import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { readWhole } from "../../storage/whole_file.ts";
import { batchBytes, readBatches } from "../batches.ts";
import { failed, ok } from "../../model/finding.ts";
import { type Check, CHOOSE_ANOTHER } from "../check.ts";
import { appendLocked, TURN_MS } from "../locked_append.ts";
import { withNewFile } from "../test_file.ts";

const [WRITER, OTHER] = [1, 2];
const BATCHES_MIN = 3;
const BATCHES_MAX = 100;

/** Batches that two processes append in turn. */
export const append: Check = {
  name: "append",
  isNeeded: true,
  share: 0.15,
  run: ({ fileSystem, scratch, start, goOn }) => {
    const path = join(scratch, "appended");
    return withNewFile(fileSystem, path, async (file) => {
      const other = start("append-batches", path, OTHER, BATCHES_MAX);
      await other.hear("appending");
      let own = 0;
      while (own < BATCHES_MAX && (goOn() || own < BATCHES_MIN)) {
        await appendLocked(file, batchBytes(WRITER, own++), { isSynced: false });
        await setTimeout(TURN_MS);
      }
      other.finish();
      const [, others] = await other.hear("done");
      const found = readBatches(await readWhole(fileSystem, path) ?? "");
      const batches = own + Number(others);
      const figures = { batches, turns: found.turns };
      const fault = found.fault ?? (found.tailBytes > 0 ? "the last batch is not whole" : null) ??
        missing(found.counts, [[WRITER, own], [OTHER, Number(others)]]);
      return fault === null
        ? ok(`two processes appended ${batches} batches, all whole and in order`, figures)
        : failed("none", `two processes appended to a file: ${fault}`, CHOOSE_ANOTHER, figures);
    });
  },
};

function missing(
  counts: ReadonlyMap<number, number>,
  expected: readonly (readonly [writer: number, count: number])[],
): string | null {
  for (const [writer, count] of expected) {
    const found = counts.get(writer) ?? 0;
    if (found !== count) return `${found} of ${count} batches of writer ${writer} are there`;
  }
  return null;
}
