/**
 * The one decision table for what to do about a store's state when something is about to use it.
 *
 * @module
 */

import type { PersistenceBackend, StartupOptions } from "../backend/backend.ts";
import { checkRecovery } from "../backend/checked_recovery.ts";
import { PapyraError } from "../errors.ts";
import { parseMode, STARTUP_MODES, type StartupMode } from "../model/mode.ts";
import type { RecoveryReport, ScanReport } from "../model/report.ts";

/** What a startup check came to. */
export type StartupVerdict =
  | "not_checked"
  | "healthy"
  | "anomalies_reported"
  | "anomalies_refused"
  | "recovered"
  | "anomalies_remain";

/** What a startup check found and did. */
export interface StartupReport {
  /** The mode asked for. */
  readonly mode: StartupMode;
  /** What it came to. */
  readonly verdict: StartupVerdict;
  /** Whether the store may be used, by the rules of the mode. */
  readonly isReady: boolean;
  /** The scan; null where none was made. */
  readonly scan: ScanReport | null;
  /** The recovery; null where none was made. */
  readonly recovery: RecoveryReport | null;
}

/**
 * Looks at `store` and mends it where the mode says so.
 *
 * | mode | healthy | anomalies |
 * | --- | --- | --- |
 * | `ignore` | not looked at | not looked at |
 * | `scan_only` | ready | ready, reported |
 * | `fail_on_anomaly` | ready | refused |
 * | `recover` | ready | recovered: ready if that scan is healthy, else refused |
 *
 * Throws TIMED_OUT once `timeoutMs` has passed; the store is then as it was.
 *
 * @example
 * ```ts
 * import { checkStartup, InMemoryPersistence } from "@papyra/papyra";
 *
 * await using store = new InMemoryPersistence();
 * const { verdict } = await checkStartup(store, { mode: "fail_on_anomaly", timeoutMs: 30_000 });
 * console.log(verdict); // healthy
 * ```
 */
export async function checkStartup(
  store: PersistenceBackend,
  options: StartupOptions = {},
): Promise<StartupReport> {
  const { mode: name = "ignore", timeoutMs, recovery: recoveryConfig = {}, ...rest } = options;
  const mode = parseMode(name, STARTUP_MODES, "startup mode");
  // Found now, not on the day when there is something to recover.
  if (mode === "recover") checkRecovery(recoveryConfig);
  if (mode === "ignore") return report(mode, "not_checked", null, null);
  const signal = withTimeout(options.signal, timeoutMs);
  const maintenance = { ...rest, ...(signal === undefined ? {} : { signal }) };
  const scan = await store.scan(maintenance);
  if (scan.healthy) return report(mode, "healthy", scan, null);
  switch (mode) {
    case "scan_only":
      return report(mode, "anomalies_reported", scan, null);
    case "fail_on_anomaly":
      return report(mode, "anomalies_refused", scan, null);
    case "recover": {
      const recovery = await store.recover(recoveryConfig, maintenance);
      const verdict = recovery.after.healthy ? "recovered" : "anomalies_remain";
      return report(mode, verdict, scan, recovery);
    }
  }
}

/** The error that stands for a verdict that refuses the store. */
export function startupError(store: PersistenceBackend, startup: StartupReport): PapyraError {
  const last = startup.recovery?.after ?? startup.scan;
  const found = `${last?.anomaliesTotal ?? 0} anomalies`;
  return startup.verdict === "anomalies_remain"
    ? new PapyraError(
      "ANOMALIES_REMAIN",
      `Cannot open ${store.location}: ${found} remain after recovery, see papyra persistence scan`,
    )
    : new PapyraError(
      "ANOMALIES_FOUND",
      `Cannot open ${store.location}: ${found} found, see papyra persistence scan`,
    );
}

function report(
  mode: StartupMode,
  verdict: StartupVerdict,
  scan: ScanReport | null,
  recovery: RecoveryReport | null,
): StartupReport {
  const isReady = verdict !== "anomalies_refused" && verdict !== "anomalies_remain";
  return { mode, verdict, isReady, scan, recovery };
}

function withTimeout(
  signal: AbortSignal | undefined,
  timeoutMs: number | undefined,
): AbortSignal | undefined {
  if (timeoutMs === undefined) return signal;
  if (!(timeoutMs >= 0)) {
    throw new PapyraError(
      "INVALID_ARGUMENT",
      `Cannot use timeout ${timeoutMs}: it must be a number of milliseconds from 0 up`,
    );
  }
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}
