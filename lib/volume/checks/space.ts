/**
 * How much room there is.
 *
 * @module
 */

import { formatSize } from "../../model/units.ts";
import { ok, warning } from "../../model/finding.ts";
import { type Check } from "../check.ts";

const FREE_BYTES_LOW = 64 * 1024 * 1024;
const FREE_SHARE_LOW = 0.05;
const FREE_FILES_LOW = 1000;

/** Free bytes and files. A full volume stops every check. */
export const space: Check = {
  name: "space",
  isNeeded: false,
  share: 0,
  run: ({ facts: { freeBytes, totalBytes, freeFiles } }) => {
    const files = freeFiles === null ? "" : ` and ${freeFiles} files`;
    const reason = `${formatSize(freeBytes)} of ${formatSize(totalBytes)}${files} are free`;
    const isLow = freeBytes < Math.max(FREE_BYTES_LOW, totalBytes * FREE_SHARE_LOW) ||
      (freeFiles !== null && freeFiles < FREE_FILES_LOW);
    const next = "free space: a compaction needs room for a copy of the store";
    return Promise.resolve(isLow ? warning(reason, next) : ok(reason));
  },
};
