/**
 * Checks of a volume, and what they work with.
 *
 * @module
 */

import type { VolumeFacts, VolumeFinding } from "../model/volume_report.ts";
import type { FileSystem } from "../storage/file_system.ts";
import type { Helper } from "./helper.ts";
import type { RoleName } from "./roles.ts";

/** What a check works with. */
export interface CheckContext {
  /** The file system. */
  readonly fileSystem: FileSystem;
  /** The directory that was asked about. */
  readonly directory: string;
  /** An empty folder on the volume. */
  readonly scratch: string;
  /** What the operating system says of the volume. */
  readonly facts: VolumeFacts;
  /** How long the check may measure. */
  readonly durationMs: number;
  /** Starts a second process in a role; it is ended with the check. */
  start(role: RoleName, ...args: readonly (string | number)[]): Helper;
  /** Whether there is time left to measure. Throws once the check is to stop. */
  goOn(): boolean;
}

/** One check. */
export interface Check {
  /** Its name, in the report too. */
  readonly name: string;
  /** Whether nothing can be promised without it. */
  readonly isNeeded: boolean;
  /** Its share of the time for measuring. */
  readonly share: number;
  /** Looks. What it throws with a code is a finding too. */
  run(context: CheckContext): Promise<VolumeFinding>;
}

/** What to do about a volume that does not do what every file system has to. */
export const CHOOSE_ANOTHER = "put the store on another volume, a local file system such as ext4";
