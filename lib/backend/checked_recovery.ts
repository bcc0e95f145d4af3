/**
 * A recovery as backends get it: complete and checked.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import { parseMode, RECOVERY_MODES, type RecoveryMode } from "../model/mode.ts";
import type { RecoveryConfig } from "./backend.ts";

/** What a backend is asked to recover. */
export interface CheckedRecovery {
  /** What to do with damage. */
  readonly mode: RecoveryMode;
  /** Where the originals go; null unless the mode is `quarantine`. */
  readonly quarantineDir: string | null;
  /** Whether consumer groups are to wait no more for what is gone. */
  readonly ackDangling: boolean;
}

/** Checks a caller's configuration. Throws INVALID_ARGUMENT. */
export function checkRecovery(config: RecoveryConfig): CheckedRecovery {
  const mode = parseMode(config.mode ?? "repair", RECOVERY_MODES, "recovery mode");
  const { quarantineDir } = config;
  if (mode === "quarantine" && !quarantineDir) {
    throw new PapyraError(
      "INVALID_ARGUMENT",
      "Cannot recover: mode quarantine needs a directory, give --quarantine-dir (quarantineDir)",
    );
  }
  if (mode !== "quarantine" && quarantineDir) {
    throw new PapyraError(
      "INVALID_ARGUMENT",
      `Cannot recover: a quarantine directory goes with mode quarantine, not with ${mode}`,
    );
  }
  return { mode, quarantineDir: quarantineDir ?? null, ackDangling: config.ackDangling ?? false };
}
