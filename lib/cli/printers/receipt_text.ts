/**
 * Receipts as text.
 *
 * @module
 */

import type { Receipt } from "../../model/report.ts";
import { timestampText } from "./record_text.ts";

/** A receipt as a line. */
export function receiptText({ id, at, operation, outcome, details }: Receipt): string {
  const rest = JSON.stringify(details);
  return `[${timestampText(at)}] ${operation} ${outcome} id=${id} details=${rest}`;
}
