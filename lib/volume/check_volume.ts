/**
 * Tries on a volume itself what a store there would rely on.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import type { VolumeCheck, VolumeDurability, VolumeReport } from "../model/volume_report.ts";
import type { FileSystem } from "../storage/file_system.ts";
import { nativeFileSystem } from "../storage/native/native_file_system.ts";
import { ScratchFolder } from "../storage/native/native_scratch_folder.ts";
import { readVolumeFacts } from "../storage/native/native_volume.ts";
import { asIoError } from "../storage/os_error.ts";
import type { Check } from "./check.ts";
import { append } from "./checks/append.ts";
import { atomicRename } from "./checks/atomic_rename.ts";
import { directorySync } from "./checks/directory_sync.ts";
import { exclusiveCreate } from "./checks/exclusive_create.ts";
import { fileIdentity } from "./checks/file_identity.ts";
import { fileSystemType } from "./checks/file_system_type.ts";
import { fullVolume } from "./checks/full_volume.ts";
import { hardLinks } from "./checks/hard_links.ts";
import { killedWriter } from "./checks/killed_writer.ts";
import { leftovers } from "./checks/leftovers.ts";
import { locks } from "./checks/locks.ts";
import { space } from "./checks/space.ts";
import { syncLatency } from "./checks/sync_latency.ts";
import type { StartHelper } from "./helper.ts";
import { runCheck } from "./run_check.ts";
import { judge } from "./verdict.ts";

/** How to check a volume. */
export interface CheckVolumeOptions {
  /** The durability that is asked for. @default {"always"} */
  readonly asked?: VolumeDurability;
  /** Milliseconds for all measuring; starting processes takes its time beside. @default {2000} */
  readonly durationMs?: number;
  /** Milliseconds beside measuring after which a check gets no answer any more. @default {20000} */
  readonly checkTimeoutMs?: number;
  /** Stops it; the scratch folder is removed. */
  readonly signal?: AbortSignal;
  /** Told how far it is. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Starts this program again, to play a role with `playRole()`. */
  readonly startHelper: StartHelper;
  /** The file system. @default {the machine's} */
  readonly fileSystem?: FileSystem;
}

/** Every check, in the order in which they are made. */
export const CHECKS: readonly Check[] = [
  fileSystemType,
  space,
  leftovers,
  exclusiveCreate,
  directorySync,
  fileIdentity,
  hardLinks,
  syncLatency,
  locks,
  atomicRename,
  append,
  killedWriter,
  fullVolume,
];

const NEEDED = new Set(CHECKS.filter(({ isNeeded }) => isNeeded).map(({ name }) => name));

// What a timer can be set to.
const TIMER_MS_MAX = 2 ** 31 - 1;

const CANNOT_KNOW = [
  "whether a disk, its controller or the host of a virtual machine keeps what it says is synced: " +
  "only cutting the power shows it",
  "whether other machines that use this volume respect the locks of this one",
] as const;

/**
 * Checks the volume of `directory`, in a scratch folder there that is always removed.
 *
 * Throws IO_ERROR where nothing can be written there, and ABORTED or TIMED_OUT by the signal.
 */
export async function checkVolume(
  directory: string,
  options: CheckVolumeOptions,
): Promise<VolumeReport> {
  const startedAt = Date.now() / 1000;
  const start = performance.now();
  try {
    const path = await realDirectory(directory, options.fileSystem ?? nativeFileSystem);
    const volume = await readVolumeFacts(path);
    const scratch = await ScratchFolder.create(path);
    let checks: VolumeCheck[];
    try {
      checks = await runChecks(path, scratch, volume, options);
    } finally {
      await scratch.remove();
    }
    return {
      path,
      ...judge(checks, NEEDED, options.asked ?? "always"),
      volume,
      checks,
      cannotKnow: CANNOT_KNOW,
      startedAt,
      durationSeconds: (performance.now() - start) / 1000,
    };
  } catch (error) {
    throw asIoError(error, "check the volume of", directory);
  }
}

async function realDirectory(directory: string, fileSystem: FileSystem): Promise<string> {
  const path = await fileSystem.realPath(directory);
  if (fileSystem.stat(path)?.type !== "directory") {
    throw new PapyraError(
      "IO_ERROR",
      `Cannot check the volume of "${directory}": it is not a directory; name that of the store`,
      { file: directory },
    );
  }
  return path;
}

async function runChecks(
  directory: string,
  scratch: ScratchFolder,
  facts: VolumeReport["volume"],
  options: CheckVolumeOptions,
): Promise<VolumeCheck[]> {
  const { durationMs = 2000, checkTimeoutMs = 20_000, onProgress } = options;
  const checks: VolumeCheck[] = [];
  let doneMs = 0;
  for (const check of CHECKS) {
    checks.push(
      await runCheck(check, {
        fileSystem: options.fileSystem ?? nativeFileSystem,
        directory,
        scratch: scratch.path,
        facts,
        durationMs,
        timeoutMs: Math.min(checkTimeoutMs + durationMs * check.share, TIMER_MS_MAX),
        signal: options.signal ?? new AbortController().signal,
        startHelper: options.startHelper,
        onElapsed: (elapsedMs) => onProgress?.(doneMs + elapsedMs, durationMs),
      }),
    );
    await scratch.empty();
    doneMs += durationMs * check.share;
    onProgress?.(doneMs, durationMs);
  }
  return checks;
}
