/**
 * `papyra inspect summary`.
 *
 * @module
 */

import type { AuditRecord } from "../../model/record.ts";
import { recordToWire } from "../../model/wire.ts";
import { summarize } from "../../operations/summary.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { openStoreOf } from "../open_store.ts";
import { STORE_EXITS } from "../exits.ts";
import { RETENTION_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import type { Line } from "../printers/line.ts";
import { auditText, timestampText } from "../printers/record_text.ts";
import { printReport } from "../report.ts";

/** The newest audit. */
export const inspectSummary = defineCommand({
  name: "inspect summary",
  summary: "Show the state of the system as the newest audit tells it",
  options: { ...STORE_OPTIONS, ...RETENTION_OPTIONS },
  exits: STORE_EXITS,
  examples: ["papyra inspect summary --path events.ndjson"],
  onClosedPipe: "stop",
  async run(options, session) {
    await using store = await openStoreOf(options, session);
    const { audit } = await summarize(store, { signal: session.signal });
    await printReport(session, {
      schema: "summary",
      fields: { store: store.location, audit: audit && recordToWire(audit) },
      lines: summaryLines(audit),
      isRoutine: false,
    });
    return EXIT.OK;
  },
});

function summaryLines(audit: AuditRecord | null): Line[] {
  if (audit === null) return [["No audit data available."]];
  return [
    [`Actors: ${auditText(audit)}`],
    [`Dead letters: ${audit.deadLettersCount}`],
    [`As of: [${timestampText(audit.timestamp)}] ${audit.systemId}`],
  ];
}
