/**
 * Folders of runs that came to no good end.
 *
 * @module
 */

import { basename } from "node:path";
import { SCRATCH_PREFIX } from "../../storage/native/native_scratch_folder.ts";
import { ok, warning } from "../../model/finding.ts";
import { type Check } from "../check.ts";

/** Scratch folders of others. */
export const leftovers: Check = {
  name: "leftovers",
  isNeeded: false,
  share: 0,
  async run({ fileSystem, directory, scratch }) {
    const names = (await fileSystem.list(directory))
      .filter((name) => name.startsWith(SCRATCH_PREFIX) && name !== basename(scratch));
    if (names.length === 0) return ok("no earlier run left anything behind");
    return warning(
      `${names.join(", ")}: of a run that was killed, or of one that is under way`,
      "remove it once no papyra doctor disk is running",
    );
  },
};
