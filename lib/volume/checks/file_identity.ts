/**
 * Whether a file can be told from another that took its name.
 *
 * @module
 */

import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { VolumeFinding } from "../../model/volume_report.ts";
import { appendAll } from "../../storage/whole_file.ts";
import { failed, ok, warning } from "../../model/finding.ts";
import { type Check, type CheckContext, CHOOSE_ANOTHER } from "../check.ts";
import { makeFile, withNewFile } from "../test_file.ts";

// Longer than the clock of any kernel stands still.
const CLOCK_STEP_MS = 25;

/** Device, inode and birth time. */
export const fileIdentity: Check = {
  name: "file_identity",
  isNeeded: true,
  share: 0,
  async run(context) {
    const { fileSystem, scratch } = context;
    const path = join(scratch, "file");
    const kept = await keepsIdentity(context, path);
    if (!kept) {
      return failed("none", "a file seems to be another after it was written to", CHOOSE_ANOTHER);
    }
    const old = fileSystem.stat(path)?.identity;
    await setTimeout(CLOCK_STEP_MS);
    await fileSystem.unlink(path);
    await makeFile(fileSystem, path);
    return fileSystem.stat(path)?.identity === old ? reused() : ok("files can be told apart");
  },
};

async function keepsIdentity(
  { fileSystem }: CheckContext,
  path: string,
): Promise<boolean> {
  return await withNewFile(fileSystem, path, async (file) => {
    const { identity } = file.stat();
    const isSame = () => fileSystem.stat(path)?.identity === identity;
    let isKept = isSame();
    // Where a birth time is not kept, that of the last change may stand in for it.
    await setTimeout(CLOCK_STEP_MS);
    appendAll(file, new Uint8Array(1));
    isKept &&= isSame();
    await file.sync();
    await fileSystem.rename(path, `${path}.renamed`);
    await fileSystem.rename(`${path}.renamed`, path);
    return isKept && isSame() && file.stat().identity === identity;
  });
}

function reused(): VolumeFinding {
  return warning(
    "a new file can look like the one whose name it took: no birth time is kept",
    "do not replace a store's file by hand while something has it open",
  );
}
