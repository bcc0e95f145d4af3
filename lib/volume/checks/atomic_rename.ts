/**
 * Whether a file is replaced at one stroke.
 *
 * @module
 */

import { join } from "node:path";
import { failed, ok } from "../../model/finding.ts";
import { type Check, CHOOSE_ANOTHER } from "../check.ts";
import { makeFile } from "../test_file.ts";
import { versionText } from "../versions.ts";

/** A rename over a file that another process reads. */
export const atomicRename: Check = {
  name: "atomic_rename",
  isNeeded: true,
  share: 0.25,
  async run({ fileSystem, scratch, start, goOn }) {
    const path = join(scratch, "replaced");
    await makeFile(fileSystem, path, versionText(0));
    const reader = start("read-replaced", path);
    await reader.hear("reading");
    // However busy the machine is: if no look came after a replacement, they would tell nothing.
    let isSeen = false;
    const seen = reader.hear("replaced").finally(() => isSeen = true);
    seen.catch(() => {});
    let renames = 0;
    while (goOn() || !isSeen) {
      const temp = join(scratch, `version.${++renames}`);
      await makeFile(fileSystem, temp, versionText(renames));
      await fileSystem.rename(temp, path);
    }
    await seen;
    reader.finish();
    const [, ...counts] = await reader.hear("done");
    const [reads = 0, absent = 0, torn = 0] = counts.map(Number);
    const figures = { renames, reads, absent, torn };
    if (absent > 0 || torn > 0) {
      const reason = `of ${reads} looks at a file being replaced, ${absent} found none and ` +
        `${torn} a half one`;
      return failed("none", reason, CHOOSE_ANOTHER, figures);
    }
    return ok(`${reads} looks at a file being replaced ${renames} times found it whole`, figures);
  },
};
