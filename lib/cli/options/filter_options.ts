/**
 * Options that say what listed records must be.
 *
 * @module
 */

import type { RecordFilter } from "../../backend/backend.ts";
import { parseAddress } from "../../model/address.ts";
import type { ActorAddress } from "../../model/record.ts";
import { repeated } from "../option.ts";
import { asText } from "../value_readers.ts";

/** Each can be given again, for records of any of the values. */
export const FILTER_OPTIONS = {
  type: repeated(
    { placeholder: "TYPE", summary: "Only those of this type; give it again for more types" },
    asText,
  ),
  eventType: repeated({ placeholder: "TYPE", summary: "The same as --type" }, asText),
  actor: repeated(
    { placeholder: "ADDRESS", summary: "Only events of this actor; give it again for more actors" },
    parseAddress,
  ),
  target: repeated(
    {
      placeholder: "ADDRESS",
      summary: "Only dead letters for this actor; give it again for more actors",
    },
    parseAddress,
  ),
};

/** The values of those of them that a command has. */
export interface FilterValues {
  readonly type?: readonly string[];
  readonly eventType?: readonly string[];
  readonly actor?: readonly ActorAddress[];
  readonly target?: readonly ActorAddress[];
}

/** The filters as the contract takes them. */
export function filterOf(
  { type = [], eventType = [], actor = [], target = [] }: FilterValues,
): RecordFilter {
  const types = [...type, ...eventType];
  return {
    ...(types.length === 0 ? {} : { type: types }),
    ...(actor.length === 0 ? {} : { actor }),
    ...(target.length === 0 ? {} : { target }),
  };
}
