/**
 * `papyra persistence rotate`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { STORE_EXITS } from "../exits.ts";
import { openStoreOf } from "../open_store.ts";
import { STORE_OPTIONS, WATCHED_OPTIONS } from "../options/store_options.ts";
import { rotationLines } from "../printers/rotation_text.ts";
import { printReport } from "../report.ts";

/** Sealing the active file. */
export const persistenceRotate = defineCommand({
  name: "persistence rotate",
  summary: "Seal the active file now, so that the next record begins another",
  options: { ...STORE_OPTIONS, ...WATCHED_OPTIONS },
  exits: { ...STORE_EXITS, [EXIT.OK]: "sealed, or there was no numbered record to seal" },
  examples: ["papyra persistence rotate --path events.ndjson"],
  onClosedPipe: "carry_on",
  async run(options, session) {
    await using store = await openStoreOf({ ...options, sealsOnRequest: true }, session);
    const report = await store.rotate({ signal: session.signal });
    await printReport(session, {
      schema: "rotation",
      fields: report,
      lines: rotationLines(report),
      isRoutine: true,
    });
    return EXIT.OK;
  },
});
