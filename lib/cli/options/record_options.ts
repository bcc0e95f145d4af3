/**
 * Options that say what to record.
 *
 * @module
 */

import { PapyraError } from "../../errors.ts";
import { parseExactJson } from "../../model/exact_json.ts";
import type { CommonInput, JsonObject, JsonValue } from "../../model/record.ts";
import { optional, type OptionValues } from "../option.ts";
import { asText, asTime } from "../value_readers.ts";

/** Options of every record. */
export const RECORD_OPTIONS = {
  systemId: optional(
    { placeholder: "NAME", summary: "The system that the record speaks of; local, when not given" },
    asText,
  ),
  timestamp: optional(
    { placeholder: "TIME", summary: "When it happened; now, when not given" },
    asTime,
  ),
};

/** The JSON of a payload. */
export const PAYLOAD_DESCRIPTION = { placeholder: "JSON", summary: "Details, as JSON" };

/** Reads a payload of any type. Throws INVALID_INPUT. */
export function asJson(text: string): JsonValue {
  return parseExactJson(text, "the payload");
}

/** Reads a payload that is an object. Throws INVALID_INPUT. */
export function asJsonObject(text: string): JsonObject {
  const value = asJson(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new PapyraError(
    "INVALID_INPUT",
    "Cannot record: the payload of an event must be an object",
  );
}

/** What every record can be given, without what was not. */
export function commonInput(
  { systemId, timestamp }: OptionValues<typeof RECORD_OPTIONS>,
): CommonInput {
  return {
    ...(systemId === undefined ? {} : { systemId }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}
