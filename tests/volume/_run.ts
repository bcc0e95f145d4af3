/**
 * Runs checks of a volume, with second processes that are real.
 *
 * @module
 */

import { join } from "node:path";
import { HELPER_WORD } from "../../lib/cli/disk_helper.ts";
import { startProcess } from "../../lib/cli/self_command.ts";
import type { VolumeCheck, VolumeFacts } from "../../lib/model/volume_report.ts";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import type { Check } from "../../lib/volume/check.ts";
import type { StartHelper } from "../../lib/volume/helper.ts";
import { type CheckSurroundings, runCheck } from "../../lib/volume/run_check.ts";

const CLI = join(import.meta.dirname!, "../../cli.ts");
const DURATION_MS = 400;
const TIMEOUT_MS = 20_000;

/** A good local disk. */
export const FACTS: VolumeFacts = {
  type: "ext4",
  mountPoint: "/",
  source: "/dev/sda1",
  options: ["rw", "relatime"],
  totalBytes: 100 * 2 ** 30,
  freeBytes: 50 * 2 ** 30,
  freeFiles: 1_000_000,
};

/** Starts the command line as a helper. */
export const startHelper: StartHelper = (role) =>
  startProcess(Deno.execPath(), ["run", "-A", "--quiet", CLI, HELPER_WORD, ...role]);

/** Runs one check in `scratch`. */
export function tryCheck(
  check: Check,
  scratch: string,
  surroundings: Partial<CheckSurroundings> = {},
): Promise<VolumeCheck> {
  return runCheck(check, {
    fileSystem: nativeFileSystem,
    directory: join(scratch, ".."),
    scratch,
    facts: FACTS,
    durationMs: DURATION_MS,
    timeoutMs: TIMEOUT_MS,
    signal: new AbortController().signal,
    startHelper,
    onElapsed: () => {},
    ...surroundings,
  });
}
