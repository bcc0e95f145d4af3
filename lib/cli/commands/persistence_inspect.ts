/**
 * `papyra persistence inspect`.
 *
 * @module
 */

import type { PersistenceBackend } from "../../backend/backend.ts";
import { outlinesOf } from "../../backend/record_outline.ts";
import { COUNTER_NAMES, type CounterValues } from "../../metrics/snapshot.ts";
import { RECORD_KINDS, type RecordKind } from "../../model/record.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { openStoreOf } from "../open_store.ts";
import { defaulted, flag } from "../option.ts";
import { STORE_EXITS } from "../exits.ts";
import { RETENTION_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { inspectStore } from "../../report/inspect_store.ts";
import { inspectionLines } from "../printers/inspection_text.ts";
import { printReport } from "../report.ts";
import { asCount } from "../value_readers.ts";

/** What a store is and holds, in a few lines. */
export const persistenceInspect = defineCommand({
  name: "persistence inspect",
  summary: "Show what a store is and holds, what retention leaves, and what was done last",
  options: {
    ...STORE_OPTIONS,
    ...RETENTION_OPTIONS,
    limit: defaulted(
      { placeholder: "N", summary: "Count at most the newest N records of each kind" },
      asCount,
      "1000",
    ),
    showMetrics: flag("Show the counters too"),
    exact: flag(
      "Count what the store holds also where it is large, and reading all of it takes long",
    ),
  },
  exits: STORE_EXITS,
  examples: ["papyra persistence inspect --path events.ndjson --show-metrics"],
  onClosedPipe: "stop",
  async run({ limit, showMetrics, exact, ...options }, session) {
    await using store = await openStoreOf(options, session);
    const { signal, notes } = session;
    const progress = notes.progressOf("counting");
    const sampled = { event: 0, audit: 0, dead_letter: 0 };
    for (const kind of RECORD_KINDS) sampled[kind] = await countNewest(store, kind, limit, signal);
    const inspection = {
      ...await inspectStore(store, { signal, exact, ...progress }),
      sampled,
      limit,
      metrics: showMetrics ? await countersOf(store) : null,
    };
    const { description, ...rest } = inspection;
    await printReport(session, {
      schema: "inspect",
      fields: { ...description, ...rest },
      lines: inspectionLines(inspection),
      isRoutine: false,
    });
    return EXIT.OK;
  },
});

async function countersOf({ metrics }: PersistenceBackend): Promise<CounterValues> {
  const snapshot = await metrics.snapshot({ withGauges: false });
  return Object.fromEntries(COUNTER_NAMES.map((name) => [name, snapshot[name]])) as CounterValues;
}

async function countNewest(
  store: PersistenceBackend,
  kind: RecordKind,
  limit: number,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  for await (const records of outlinesOf(store, { kinds: [kind], limit, signal })) {
    count += records.length;
  }
  return count;
}
