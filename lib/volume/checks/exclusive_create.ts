/**
 * Whether a file can be made without taking what is there.
 *
 * @module
 */

import { join } from "node:path";
import { osCode } from "../../storage/os_error.ts";
import { failed, ok } from "../../model/finding.ts";
import { type Check, CHOOSE_ANOTHER } from "../check.ts";
import { makeFile } from "../test_file.ts";

/** Exclusive creation. */
export const exclusiveCreate: Check = {
  name: "exclusive_create",
  isNeeded: true,
  share: 0,
  async run({ fileSystem, scratch }) {
    const path = join(scratch, "exclusive");
    await makeFile(fileSystem, path);
    try {
      await makeFile(fileSystem, path);
    } catch (error) {
      if (osCode(error) !== "EEXIST") throw error;
      return ok("a file is made only where there is none");
    }
    return failed("none", "a file was made where there was one already", CHOOSE_ANOTHER);
  },
};
