/**
 * Whether names can be synced.
 *
 * @module
 */

import { join } from "node:path";
import { ok } from "../../model/finding.ts";
import { type Check } from "../check.ts";
import { makeFile } from "../test_file.ts";

/** The sync of a directory. */
export const directorySync: Check = {
  name: "directory_sync",
  isNeeded: true,
  share: 0,
  async run({ fileSystem, scratch }) {
    await makeFile(fileSystem, join(scratch, "synced"));
    await fileSystem.syncDirectory(scratch);
    return ok("new names are synced with their directory");
  },
};
