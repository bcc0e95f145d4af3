/**
 * Whether a file can have two names.
 *
 * @module
 */

import { join } from "node:path";
import { explainOsError, isFullError, osCode } from "../../storage/os_error.ts";
import { failed, ok, warning } from "../../model/finding.ts";
import { type Check, CHOOSE_ANOTHER } from "../check.ts";
import { makeFile } from "../test_file.ts";

/** Hard links. */
export const hardLinks: Check = {
  name: "hard_links",
  isNeeded: false,
  share: 0,
  async run({ fileSystem, scratch }) {
    const [one, two] = [join(scratch, "one"), join(scratch, "two")];
    await makeFile(fileSystem, one);
    try {
      await fileSystem.link(one, two);
    } catch (error) {
      if (osCode(error) === null || isFullError(error)) throw error;
      return warning(
        `a file cannot have two names: ${explainOsError(error)}`,
        "leave room for a copy of the store where --mode quarantine puts the originals",
      );
    }
    return fileSystem.stat(one)?.identity === fileSystem.stat(two)?.identity
      ? ok("a file can have two names, so quarantine needs no copies")
      : failed("none", "two names of one file lead to two files", CHOOSE_ANOTHER);
  },
};
