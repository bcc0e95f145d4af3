/**
 * Options that say what to do about damage.
 *
 * @module
 */

import type { RecoveryConfig } from "../../backend/backend.ts";
import { checkRecovery } from "../../backend/checked_recovery.ts";
import { RECOVERY_MODES, type RecoveryMode, STARTUP_MODES } from "../../model/mode.ts";
import { defaulted, flag, optional, type OptionValues } from "../option.ts";
import { asOneOf, asText } from "../value_readers.ts";
import { usageError } from "../usage_error.ts";

const QUARANTINE_DIR = optional(
  { placeholder: "DIR", summary: "Where the originals go; needed by quarantine, and only there" },
  asText,
);

/** Options of a startup check. */
export const STARTUP_OPTIONS = {
  mode: defaulted(
    { placeholder: "MODE", summary: "What to do about anomalies", choices: STARTUP_MODES },
    asOneOf(STARTUP_MODES, "mode"),
    "fail_on_anomaly",
  ),
  recoveryMode: optional(
    {
      placeholder: "MODE",
      summary: "How to recover with --mode recover; repair, when not given",
      choices: RECOVERY_MODES,
    },
    asOneOf(RECOVERY_MODES, "recovery mode"),
  ),
  quarantineDir: QUARANTINE_DIR,
};

/** Options of a recovery. */
export const RECOVERY_OPTIONS = {
  mode: defaulted(
    { placeholder: "MODE", summary: "What to do with damage", choices: RECOVERY_MODES },
    asOneOf(RECOVERY_MODES, "recovery mode"),
    "repair",
  ),
  quarantineDir: QUARANTINE_DIR,
  ackDangling: flag(
    "On Redis: acknowledge what consumer groups wait for and is gone from the stream",
  ),
};

/** The recovery of a startup check. Throws INVALID_ARGUMENT for options that do not go together. */
export function recoveryOf(options: OptionValues<typeof STARTUP_OPTIONS>): RecoveryConfig {
  const { mode, recoveryMode, quarantineDir } = options;
  if (mode !== "recover" && (recoveryMode ?? quarantineDir) !== undefined) {
    throw usageError(
      `Cannot use --recovery-mode or --quarantine-dir with --mode ${mode}: give --mode recover`,
    );
  }
  return recoveryConfig(recoveryMode ?? "repair", quarantineDir);
}

/** A recovery. Throws INVALID_ARGUMENT before anything is opened. */
export function recoveryConfig(
  mode: RecoveryMode,
  quarantineDir: string | undefined,
  ackDangling = false,
): RecoveryConfig {
  const config = {
    mode,
    ...(quarantineDir === undefined ? {} : { quarantineDir }),
    ...(ackDangling ? { ackDangling } : {}),
  };
  checkRecovery(config);
  return config;
}
