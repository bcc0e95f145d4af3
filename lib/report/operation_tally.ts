/**
 * The last changes that maintenance made, in a few words each.
 *
 * @module
 */

import type { Receipt } from "../model/report.ts";
import { formatSize } from "../model/units.ts";
import { counted } from "./wording.ts";
import { bytesRemovedFromBefore, countIn, removalsOf } from "./receipt_removals.ts";
import type { OperationSummary } from "./store_report.ts";

const OPERATIONS_MAX = 20;

/** Looks at receipts, oldest first. */
export class OperationTally {
  readonly #since: number;
  readonly #last: OperationSummary[] = [];
  #olderBytesRemoved = 0;

  /** @param since when the time begins that the growth is measured over */
  constructor(since: number) {
    this.#since = since;
  }

  /** Takes one. */
  add(receipt: Receipt): void {
    const { at, outcome } = receipt;
    this.#last.unshift(operationSummary(receipt));
    if (this.#last.length > OPERATIONS_MAX) this.#last.pop();
    if (at >= this.#since && outcome === "done") {
      this.#olderBytesRemoved += bytesRemovedFromBefore(receipt, this.#since);
    }
  }

  /** The last ones, the newest first. */
  get operations(): readonly OperationSummary[] {
    return this.#last;
  }

  /** Bytes removed since then that were there before. */
  get olderBytesRemoved(): number {
    return this.#olderBytesRemoved;
  }
}

/** A change in a few words. */
export function operationSummary(receipt: Receipt): OperationSummary {
  const { id, at, operation, outcome } = receipt;
  return { id, at, operation, outcome, text: textOf(receipt) };
}

function textOf(receipt: Receipt): string {
  const { operation, outcome, details } = receipt;
  if (outcome === "not_done") return "was interrupted before it changed anything";
  const removals = removalsOf(receipt);
  if (removals.length > 0) {
    const records = removals.reduce((sum, each) => sum + each.records, 0);
    const bytes = removals.reduce((sum, each) => sum + each.bytes, 0);
    return `removed ${counted(records, "expired record")} (${formatSize(Math.round(bytes))})`;
  }
  if ("compressed_to" in details) return `compressed a segment${sizesOf(details)}`;
  const ranges = countIn(details["removed_ranges"] ?? details["removedRanges"]);
  const bytes = countIn(details["removed_bytes"] ?? details["removedBytes"]) ?? 0;
  if (ranges !== null && ranges > 0) {
    return `removed ${counted(ranges, "damaged place")} (${formatSize(bytes)}), kept aside`;
  }
  return operation === "rebuild" ? "made everything anew that is derived" : "changed no record";
}

function sizesOf(details: Receipt["details"]): string {
  const before = sizeIn(details["old"]);
  const after = sizeIn(details["new"]);
  return before === null || after === null
    ? ""
    : ` from ${formatSize(before)} to ${formatSize(after)}`;
}

function sizeIn(fingerprint: unknown): number | null {
  return typeof fingerprint === "object" && fingerprint !== null && "size" in fingerprint
    ? countIn(fingerprint.size)
    : null;
}
