/**
 * Reads a file again and again while another process replaces it.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { readWhole } from "../../storage/whole_file.ts";
import type { Role } from "../roles.ts";
import { versionOf } from "../versions.ts";

/**
 * Argument: path. Says `reading` after the first look, `replaced` once it sees anything else, and in
 * the end `done` with how often it looked, found nothing, and found no whole content.
 */
export const readReplaced: Role = async ([path], { fileSystem, say, stop }) => {
  let [reads, absent, torn] = [0, 0, 0];
  let hasChanged = false;
  let first: string | null = null;
  while (!stop.aborted) {
    const text = await readWhole(fileSystem, path!);
    if (text === null) absent++;
    else if (versionOf(text) === null) torn++;
    if (++reads === 1) {
      first = text;
      await say("reading");
    } else if (!hasChanged && text !== first) {
      hasChanged = true;
      await say("replaced");
    }
    await setImmediate();
  }
  await say(`done ${reads} ${absent} ${torn}`);
};
