/**
 * Names of the modes of recovery and startup, and what users may call them.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";

/** What a recovery does with damage. */
export type RecoveryMode = "ignore" | "repair" | "quarantine" | "rebuild";

/** What opening a store does about damage. */
export type StartupMode = "ignore" | "scan_only" | "recover" | "fail_on_anomaly";

/** When a record counts as written. */
export type Durability =
  /** After the sync that covers it. */
  | "always"
  /** After the write; a sync follows within so many milliseconds. */
  | `interval:${number}`
  /** After the write; the operating system syncs when it likes. */
  | "os";

/** Every recovery mode. */
export const RECOVERY_MODES: readonly RecoveryMode[] = [
  "ignore",
  "repair",
  "quarantine",
  "rebuild",
];

/** Every startup mode. */
export const STARTUP_MODES: readonly StartupMode[] = [
  "ignore",
  "scan_only",
  "recover",
  "fail_on_anomaly",
];

/** Reads a mode's name in any case, with `-` or `_`. Throws INVALID_ARGUMENT. */
export function parseMode<M extends string>(text: string, modes: readonly M[], what: string): M {
  const name = text.trim().toLowerCase().replaceAll("-", "_");
  const mode = modes.find((candidate) => candidate === name);
  if (mode === undefined) {
    throw new PapyraError(
      "INVALID_ARGUMENT",
      `Unknown ${what} "${text}": use one of ${modes.join(", ")}`,
    );
  }
  return mode;
}

/** Reads `always`, `os` or `interval:<ms>`. Throws INVALID_ARGUMENT. */
export function parseDurability(text: string): Durability {
  const name = text.trim().toLowerCase();
  if (name === "always" || name === "os") return name;
  const interval = /^interval:([1-9]\d{0,6})$/.exec(name);
  if (interval) return `interval:${Number(interval[1])}`;
  throw new PapyraError(
    "INVALID_ARGUMENT",
    `Unknown durability "${text}": use always, interval:<milliseconds> or os`,
  );
}
