/**
 * The order in which the members of a line are written.
 *
 * @module
 */

import type { JsonObject } from "../../model/record.ts";
import { WIRE_FIELDS } from "../../model/wire.ts";
import { CHECKPOINT_FIELDS } from "./checkpoint.ts";
import { CHECKPOINT_KIND } from "../format.ts";

const WRITTEN_FIELDS: ReadonlyMap<unknown, readonly string[]> = new Map<string, readonly string[]>([
  ...Object.entries(WIRE_FIELDS),
  [CHECKPOINT_KIND, CHECKPOINT_FIELDS],
]);
const ADDRESS_NAMES: ReadonlySet<string> = new Set(["actor_address", "target"]);
const ADDRESS_FIELDS = ["system", "actor_id"];

/** A record's members in the order in which they are written, behind them those that are not ours. */
export function inWrittenOrder(fields: JsonObject): JsonObject {
  // Tools that sort members may have done so in addresses too; what else an object holds is not ours.
  const ordered = orderedBy(WRITTEN_FIELDS.get(fields.kind) ?? [], fields);
  const members = Object.entries(ordered).map(([name, value]) => [
    name,
    ADDRESS_NAMES.has(name) && isObject(value) ? orderedBy(ADDRESS_FIELDS, value) : value,
  ]);
  return Object.fromEntries(members);
}

function orderedBy(names: readonly string[], fields: JsonObject): JsonObject {
  const known = names.filter((name) => Object.hasOwn(fields, name));
  const others = Object.keys(fields).filter((name) => !names.includes(name));
  return Object.fromEntries([...known, ...others].map((name) => [name, fields[name]!]));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
