/**
 * What a second process does for a check, by role. It tells what it does line by line, and ends when
 * it is asked to, or when whoever started it is gone.
 *
 * @module
 */

import type { FileSystem } from "../storage/file_system.ts";
import { errorLine } from "./helper.ts";
import { appendBatches } from "./roles/append_batches.ts";
import { holdLock } from "./roles/hold_lock.ts";
import { readReplaced } from "./roles/read_replaced.ts";
import { writeUntilKilled } from "./roles/write_until_killed.ts";

/** The surroundings of a role. */
export interface RoleSurroundings {
  /** The file system. */
  readonly fileSystem: FileSystem;
  /** Says a line; resolves once it is on its way. */
  say(line: string): Promise<void>;
  /** Fires when it is to finish. */
  readonly stop: AbortSignal;
}

/** Plays a role until it is asked to finish. */
export type Role = (args: readonly string[], surroundings: RoleSurroundings) => Promise<void>;

const ROLES = {
  "append-batches": appendBatches,
  "hold-lock": holdLock,
  "read-replaced": readReplaced,
  "write-until-killed": writeUntilKilled,
} as const satisfies { readonly [name: string]: Role };

/** The name of a role. */
export type RoleName = keyof typeof ROLES;

/** Plays the role that `words` name with its arguments; what goes wrong is said. False for no role. */
export async function playRole(
  words: readonly string[],
  surroundings: RoleSurroundings,
): Promise<boolean> {
  const [name = "", ...args] = words;
  if (!Object.hasOwn(ROLES, name)) return false;
  try {
    await ROLES[name as RoleName](args, surroundings);
  } catch (error) {
    await surroundings.say(errorLine(error));
  }
  return true;
}
