/**
 * Writes and acknowledges like a store, to be killed in the middle of a write.
 *
 * @module
 */

import { pollUntil } from "../../storage/polling.ts";
import { batchText } from "../batches.ts";
import { appendLocked } from "../locked_append.ts";
import type { Role } from "../roles.ts";
import { withFile } from "../test_file.ts";

const ACKNOWLEDGED_MIN = 3;
const ACKNOWLEDGED_MAX = 64;
// So long a write that a kill can come in the middle of it.
const LAST_BATCHES = 256;

/**
 * Arguments: path, writer, milliseconds. Says `acknowledged` with the number of synced batches after
 * each, and when the time is over `writing` before a write that takes long.
 */
export const writeUntilKilled: Role = async ([path, writer, durationMs], surroundings) => {
  const { fileSystem, say, stop } = surroundings;
  const end = performance.now() + Number(durationMs);
  const bytesOf = (index: number, count: number) =>
    new TextEncoder().encode(
      Array.from({ length: count }, (_, offset) => batchText(Number(writer), index + offset))
        .join(""),
    );
  await withFile(fileSystem, path!, async (file) => {
    let count = 0;
    const hasTime = () => performance.now() < end && count < ACKNOWLEDGED_MAX;
    while (!stop.aborted && (hasTime() || count < ACKNOWLEDGED_MIN)) {
      await appendLocked(file, bytesOf(count, 1), { isSynced: true, signal: stop });
      await say(`acknowledged ${++count}`);
    }
    const last = bytesOf(count, LAST_BATCHES);
    await say("writing");
    await appendLocked(file, last, { isSynced: true, signal: stop });
    await pollUntil(() => stop.aborted);
  });
};
