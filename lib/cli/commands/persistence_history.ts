/**
 * `papyra persistence history`.
 *
 * @module
 */

import type { Receipt } from "../../model/report.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { openStoreOf } from "../open_store.ts";
import { STORE_EXITS } from "../exits.ts";
import { PERIOD_OPTIONS, periodOf, READING_OPTIONS } from "../options/reading_options.ts";
import { STORE_OPTIONS } from "../options/store_options.ts";
import { receiptText } from "../printers/receipt_text.ts";
import { printListing } from "../listing.ts";

/** The receipts of maintenance. */
export const persistenceHistory = defineCommand({
  name: "persistence history",
  summary: "List what maintenance changed, oldest first",
  options: { ...STORE_OPTIONS, ...PERIOD_OPTIONS, limit: READING_OPTIONS.limit },
  exits: STORE_EXITS,
  examples: ["papyra persistence history --path events.ndjson --since 7d"],
  onClosedPipe: "stop",
  async run(options, session) {
    const period = periodOf(options);
    await using store = await openStoreOf(options, session);
    const receipts = selected(store.history({ signal: session.signal }), period, options.limit);
    await printListing(session, receipts, {
      head: { schema: "history", fields: { store: store.location }, name: "receipts" },
      toJson: (receipt) => receipt,
      toText: receiptText,
      whenEmpty: "No maintenance recorded.",
    });
    return EXIT.OK;
  },
});

async function* selected(
  receipts: AsyncIterable<Receipt>,
  { since = -Infinity, until = Infinity }: { since?: number; until?: number },
  limit = Infinity,
): AsyncGenerator<Receipt> {
  const newest: Receipt[] = [];
  for await (const receipt of receipts) {
    if (receipt.at < since || receipt.at > until) continue;
    if (limit === Infinity) {
      yield receipt;
      continue;
    }
    newest.push(receipt);
    if (newest.length > limit) newest.shift();
  }
  yield* newest;
}
