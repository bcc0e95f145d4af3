/**
 * `papyra metrics reset`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { openStoreOf } from "../open_store.ts";
import { STORE_EXITS } from "../exits.ts";
import { STORE_OPTIONS } from "../options/store_options.ts";
import { printReport } from "../report.ts";

/** Setting the counters of a store to zero. */
export const metricsReset = defineCommand({
  name: "metrics reset",
  summary: "Set every counter of a store to zero",
  options: STORE_OPTIONS,
  exits: STORE_EXITS,
  examples: ["papyra metrics reset --path events.ndjson"],
  onClosedPipe: "carry_on",
  async run(options, session) {
    await using store = await openStoreOf(options, session);
    await store.metrics.reset();
    await printReport(session, {
      schema: "metrics-reset",
      fields: { store: store.location },
      lines: [["Metrics reset"]],
      isRoutine: true,
    });
    return EXIT.OK;
  },
});
