/**
 * Whether what a process acknowledged is there after it was killed in the middle of a write.
 *
 * @module
 */

import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { FileSystem } from "../../storage/file_system.ts";
import { pollUntil } from "../../storage/polling.ts";
import { readWhole } from "../../storage/whole_file.ts";
import { BATCH_BYTES, readBatches } from "../batches.ts";
import { failed, ok } from "../../model/finding.ts";
import { type Check, CHOOSE_ANOTHER } from "../check.ts";
import { makeFile, withFile } from "../test_file.ts";

const WRITER = 1;
const RELEASE_TIMEOUT_MS = 5000;
const WRITE_TIMEOUT_MS = 100;

/** A writer that is killed. */
export const killedWriter: Check = {
  name: "killed_writer",
  isNeeded: true,
  share: 0.2,
  async run({ fileSystem, scratch, start, durationMs }) {
    const path = join(scratch, "killed");
    await makeFile(fileSystem, path);
    const writer = start("write-until-killed", path, WRITER, durationMs);
    let acknowledged = 0;
    for (;;) {
      const [word, count] = await writer.hear("acknowledged", "writing");
      if (word === "writing") break;
      acknowledged = Number(count);
    }
    await untilLonger(fileSystem, path, acknowledged * BATCH_BYTES);
    await writer.kill();
    const isFree = await withFile(
      fileSystem,
      path,
      (file) =>
        pollUntil(() => file.tryLock("exclusive"), {
          timeoutMs: RELEASE_TIMEOUT_MS,
        }),
    );
    const { counts, tailBytes, fault } = readBatches(await readWhole(fileSystem, path) ?? "");
    const found = counts.get(WRITER) ?? 0;
    const figures = { acknowledged, found, tailBytes };
    if (!isFree) {
      return failed("none", "the lock outlives a writer that was killed", CHOOSE_ANOTHER, figures);
    }
    if (fault !== null || found < acknowledged) {
      const reason = `a writer was killed after ${acknowledged} batches: ` +
        (fault ?? `${found} are there`);
      return failed("none", reason, CHOOSE_ANOTHER, figures);
    }
    return ok(
      `a writer was killed in the middle of a write: the ${acknowledged} batches that it had ` +
        "acknowledged are there",
      figures,
    );
  },
};

// The kill is to come when the write has begun; with luck, before it has ended.
async function untilLonger(fileSystem: FileSystem, path: string, size: number): Promise<void> {
  const end = performance.now() + WRITE_TIMEOUT_MS;
  while ((fileSystem.stat(path)?.size ?? 0) <= size && performance.now() < end) {
    await setImmediate();
  }
}
