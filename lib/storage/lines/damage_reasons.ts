/**
 * What is wrong with damaged lines, in words.
 *
 * @module
 */

import type { AnomalyCode } from "../../model/anomaly.ts";
import { LINE_LIMITS_TEXT } from "../format.ts";

/** What is wrong with a line, by the code of its damage. */
export const DAMAGE_REASONS: { readonly [C in AnomalyCode]?: string } = {
  TRUNCATED_LINE: "the last line is a fragment: a write was cut short",
  PARTIAL_WRITE: "a fragment of a record: a write was cut short here",
  CORRUPTED_LINE: "the line is not JSON",
  CHECKSUM_MISMATCH: "the line's bytes do not match its checksum",
  INVALID_UTF8: "the line holds bytes that are not UTF-8",
  NUL_PADDING: "the line holds NUL bytes, as a power cut leaves them",
  NOT_A_RECORD: "the line is JSON, but not a record",
  OVERSIZED_LINE: `the line holds more than ${LINE_LIMITS_TEXT}`,
};
