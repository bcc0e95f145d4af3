/**
 * `papyra persistence recover`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { noteMissingStore, openStoreOf } from "../open_store.ts";
import { flag } from "../option.ts";
import { MAINTENANCE_EXITS } from "../exits.ts";
import { RECOVERY_OPTIONS, recoveryConfig } from "../options/startup_options.ts";
import {
  MAINTENANCE_OPTIONS,
  STORE_OPTIONS,
  VERDICT_OPTIONS,
  WATCHED_OPTIONS,
} from "../options/store_options.ts";
import { recoveryLines, recoveryPlanLines } from "../printers/recovery_text.ts";
import { printReport } from "../report.ts";

/** Mending what a scan finds. */
export const persistenceRecover = defineCommand({
  name: "persistence recover",
  summary: "Mend what a scan finds, keep what is removed, and scan again",
  options: {
    ...STORE_OPTIONS,
    ...RECOVERY_OPTIONS,
    ...MAINTENANCE_OPTIONS,
    ...VERDICT_OPTIONS,
    ...WATCHED_OPTIONS,
    dryRun: flag("Show what would be done, and do nothing"),
  },
  exits: {
    ...MAINTENANCE_EXITS,
    [EXIT.OK]: "the store is healthy now, or --dry-run showed the plan",
    [EXIT.ANOMALIES_REMAIN]: "anomalies remain",
  },
  examples: [
    "papyra persistence recover --path events.ndjson --dry-run",
    "papyra persistence recover --path events.ndjson",
    "papyra persistence recover --path events.ndjson --mode quarantine --quarantine-dir quarantine",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    const config = recoveryConfig(options.mode, options.quarantineDir, options.ackDangling);
    await using store = await openStoreOf(options, session, "silent");
    const scanning = { signal: session.signal, ...session.notes.progressOf("recovering") };
    if (options.dryRun) {
      const plan = await store.planRecovery(config, scanning);
      await noteMissingStore(session, plan.scan);
      const lines = recoveryPlanLines(plan);
      await printReport(session, {
        schema: "recovery-plan",
        fields: plan,
        lines,
        isRoutine: false,
      });
      return EXIT.OK;
    }
    const report = await store.recover(config, { ...scanning, waitMs: options.wait ?? 0 });
    await noteMissingStore(session, report.before);
    await printReport(session, {
      schema: "recovery",
      fields: report,
      lines: recoveryLines(report),
      // Bytes that are stored nowhere else must reach the user.
      isRoutine: report.after.healthy && report.unstored === "",
    });
    return report.after.healthy ? EXIT.OK : EXIT.ANOMALIES_REMAIN;
  },
});
