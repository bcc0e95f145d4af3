/**
 * Appends batches beside another process.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { batchBytes } from "../batches.ts";
import { appendLocked, TURN_MS } from "../locked_append.ts";
import type { Role } from "../roles.ts";
import { withFile } from "../test_file.ts";

/**
 * Arguments: path, writer, most batches. Says `appending` after the first one and in the end `done`
 * with their number.
 */
export const appendBatches: Role = async ([path, writer, most], { fileSystem, say, stop }) => {
  await withFile(fileSystem, path!, async (file) => {
    let count = 0;
    for (; count < Number(most) && !stop.aborted; count++) {
      await appendLocked(file, batchBytes(Number(writer), count), {
        isSynced: false,
        signal: stop,
      });
      if (count === 0) await say("appending");
      await setTimeout(TURN_MS);
    }
    await say(`done ${count}`);
  });
};
