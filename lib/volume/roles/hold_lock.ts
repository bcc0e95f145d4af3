/**
 * Takes a lock and keeps it.
 *
 * @module
 */

import type { LockMode } from "../../storage/file_system.ts";
import { pollUntil } from "../../storage/polling.ts";
import type { Role } from "../roles.ts";
import { withFile } from "../test_file.ts";

/** Arguments: path, mode. Says `busy` where another has the lock, and `locked` once it has it. */
export const holdLock: Role = async ([path, mode], { fileSystem, say, stop }) => {
  await withFile(fileSystem, path!, async (file) => {
    const take = () => file.tryLock(mode as LockMode);
    if (!take()) {
      await say("busy");
      await pollUntil(() => stop.aborted || take());
    }
    await say("locked");
    await pollUntil(() => stop.aborted);
  });
};
