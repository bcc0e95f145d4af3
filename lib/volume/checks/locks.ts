/**
 * Whether processes can keep each other out of a file.
 *
 * @module
 */

import { join } from "node:path";
import type { VolumeFinding } from "../../model/volume_report.ts";
import type { OpenFile } from "../../storage/file_system.ts";
import { pollUntil } from "../../storage/polling.ts";
import { failed, ok } from "../../model/finding.ts";
import { type Check, type CheckContext, CHOOSE_ANOTHER } from "../check.ts";
import { withNewFile } from "../test_file.ts";

const RELEASE_TIMEOUT_MS = 5000;

/** Locks between processes. */
export const locks: Check = {
  name: "locks",
  isNeeded: true,
  share: 0,
  run: (context) => {
    const path = join(context.scratch, "locked");
    return withNewFile(context.fileSystem, path, async (file) => {
      const fault = await findFault(context, file);
      return fault === null
        ? ok("locks hold between processes, can be shared, and end with their owner")
        : lockFault(fault);
    });
  },
};

/** What two processes do with the lock of `file` that they should not; null where they do nothing such. */
async function findFault({ start }: CheckContext, file: OpenFile): Promise<string | null> {
  if (!file.tryLock("exclusive")) return "a lock that nobody has cannot be taken";
  const sharer = start("hold-lock", file.path, "shared");
  const [sharers] = await sharer.hear("busy", "locked");
  if (sharers !== "busy") return "another process gets a lock that this one has";
  file.unlock();
  await sharer.hear("locked");
  if (file.tryLock("exclusive")) return "this process gets a lock that another one has";
  if (!file.tryLock("shared")) return "two processes cannot share a lock";
  file.unlock();
  const owner = start("hold-lock", file.path, "exclusive");
  const [owners] = await owner.hear("busy", "locked");
  if (owners !== "busy") return "a second process gets a lock that a third one shares";
  sharer.finish();
  await owner.hear("locked");
  if (file.tryLock("shared")) return "this process shares a lock that another one has for itself";
  await owner.kill();
  const isFree = await pollUntil(() => file.tryLock("exclusive"), {
    timeoutMs: RELEASE_TIMEOUT_MS,
  });
  return isFree ? null : "a lock outlives the process that had it";
}

function lockFault(reason: string): VolumeFinding {
  return failed("none", reason, CHOOSE_ANOTHER);
}
