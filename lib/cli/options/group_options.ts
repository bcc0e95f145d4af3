/**
 * Options of commands that work on consumer groups.
 *
 * @module
 */

import { RECORD_KINDS } from "../../model/record.ts";
import { defaulted, flag, optional, repeated, required } from "../option.ts";
import { asCountFromOne, asMilliseconds, asOneOf, asText } from "../value_readers.ts";
import { STORE_OPTIONS } from "./store_options.ts";

const CONSUMER = { placeholder: "NAME", summary: "The consumer" };

/** Options of every command on one group. */
export const GROUP_OPTIONS = {
  ...STORE_OPTIONS,
  kind: defaulted(
    { placeholder: "KIND", summary: "The stream: that of this kind", choices: RECORD_KINDS },
    asOneOf(RECORD_KINDS, "kind"),
    "event",
  ),
  group: required({ placeholder: "NAME", summary: "The consumer group" }, asText),
};

/** Options that say who gets entries, and when nobody does any more. */
export const CONSUMER_OPTIONS = {
  consumer: required(CONSUMER, asText),
  maxDeliveries: optional(
    {
      placeholder: "N",
      summary: "What was given out N times and is pending becomes a dead letter instead",
    },
    asCountFromOne,
  ),
};

/** Options that say which pending entries are meant. */
export const PENDING_OPTIONS = {
  consumer: optional({ ...CONSUMER, summary: "Only what this consumer has" }, asText),
  minIdle: defaulted(
    { placeholder: "DURATION", summary: "Only what was given out at least so long ago" },
    asMilliseconds,
    "0s",
  ),
};

/** The option that names entries. */
export const ENTRY_IDS = repeated(
  { placeholder: "ID", summary: "This entry; give it again for more entries" },
  asText,
);

/** Options that say how a stream is trimmed. */
export const TRIM_OPTIONS = {
  force: flag("On Redis: remove also what a consumer group has not read or not acknowledged"),
  trim: defaulted(
    {
      placeholder: "HOW",
      summary: "On Redis: exact, or approx, which costs less and may leave some expired entries",
      choices: ["exact", "approx"],
    },
    asOneOf(["exact", "approx"] as const, "way to trim"),
    "exact",
  ),
  dryRun: flag("Show what would be removed, and remove nothing"),
};
