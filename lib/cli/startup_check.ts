/**
 * What `doctor run` and `persistence startup-check` have in common: all but one exit code.
 *
 * @module
 */

import { checkStartup, type StartupReport } from "../operations/startup.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { noteMissingStore, openStoreOf } from "./open_store.ts";
import type { OptionValues } from "./option.ts";
import { recoveryOf, type STARTUP_OPTIONS } from "./options/startup_options.ts";
import type { MAINTENANCE_OPTIONS, STORE_OPTIONS } from "./options/store_options.ts";
import { startupLines } from "./printers/startup_text.ts";
import { printReport } from "./report.ts";
import type { Session } from "./session.ts";

type Options = OptionValues<
  typeof STORE_OPTIONS & typeof STARTUP_OPTIONS & typeof MAINTENANCE_OPTIONS
>;

/** Checks the store and prints the report; `whenRemaining` is the exit code if recovery fails. */
export async function runStartupCheck(
  options: Options,
  session: Session,
  schema: string,
  whenRemaining: ExitCode,
): Promise<ExitCode> {
  const report = await check(options, session);
  if (report.scan) await noteMissingStore(session, report.scan);
  await printReport(session, {
    schema,
    fields: report,
    lines: startupLines(report),
    isRoutine: report.scan === null || report.scan.healthy || report.verdict === "recovered",
  });
  if (report.isReady) return EXIT.OK;
  return report.verdict === "anomalies_remain" ? whenRemaining : EXIT.ANOMALIES_REFUSED;
}

async function check(options: Options, session: Session): Promise<StartupReport> {
  const { mode } = options;
  const recovery = recoveryOf(options);
  if (mode === "ignore") {
    // Whatever is wrong with the store, nobody wants to know.
    return { mode, verdict: "not_checked", isReady: true, scan: null, recovery: null };
  }
  await using store = await openStoreOf(options, session, "silent");
  return await checkStartup(store, {
    mode,
    recovery,
    signal: session.signal,
    waitMs: options.wait ?? 0,
    ...session.notes.progressOf("checking"),
  });
}
