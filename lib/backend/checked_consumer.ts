/**
 * What callers ask of consumer groups, checked. Everything throws INVALID_ARGUMENT.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import { isRecordKind, type RecordKind } from "../model/record.ts";
import type { ConsumeEachOptions } from "./group_backend.ts";

/** What every call on a group can be given. */
export interface GroupArguments {
  readonly group?: string;
  readonly consumer?: string;
  readonly count?: number;
  readonly blockMs?: number;
  readonly minIdleMs?: number;
  readonly limit?: number;
  readonly deliveriesMax?: number;
  readonly startId?: string;
  readonly readId?: string;
  readonly afterId?: string;
  readonly ids?: readonly string[];
  readonly entryIds?: readonly string[];
}

/** Defaults of what a consumer asks for. */
export const CONSUME_DEFAULTS = {
  count: 100,
  blockMs: 1000,
  ensureGroup: true,
  startId: "0",
  readId: ">",
  deliveriesMax: Infinity,
  limit: Infinity,
  endWhenIdle: false,
} as const satisfies Partial<ConsumeEachOptions> & { readonly readId: string };

const ID = /^\d{1,20}(?:-\d{1,20})?$/;
// What a timer can be set to, with room for the time that an answer may take.
const BLOCK_MS_MAX = 2 ** 30;

/** Checks the arguments of a call; gives them back. */
export function checkGroupCall<T extends GroupArguments>(kind: RecordKind, given: T): T {
  if (!isRecordKind(kind)) {
    throw unusable(`there is no kind "${String(kind)}", use event, audit or dead_letter`);
  }
  const { group, consumer, count, blockMs, minIdleMs, limit, deliveriesMax } = given;
  for (const [what, name] of Object.entries({ group, consumer })) {
    if (name === undefined || (typeof name === "string" && name !== "")) continue;
    throw unusable(`the name of a ${what} must be a text that is not empty`);
  }
  checkNumber("count", count, 1);
  checkNumber("blockMs", blockMs, 0, BLOCK_MS_MAX);
  checkNumber("minIdleMs", minIdleMs, 0);
  if (limit !== Infinity) checkNumber("limit", limit, 0);
  if (deliveriesMax !== Infinity) checkDeliveries(kind, deliveriesMax);
  checkIds(given);
  return given;
}

function checkDeliveries(kind: RecordKind, deliveriesMax: number | undefined): void {
  checkNumber("deliveriesMax", deliveriesMax, 1);
  if (deliveriesMax !== undefined && kind === "dead_letter") {
    throw unusable("a dead letter cannot become a dead letter: leave deliveriesMax out");
  }
}

function checkIds({ startId, readId, afterId, ids = [], entryIds = [] }: GroupArguments): void {
  const special: { readonly [name: string]: string } = { startId: "$", readId: ">" };
  for (const [name, id] of Object.entries({ startId, readId, afterId })) {
    if (id === undefined || id === special[name] || ID.test(id)) continue;
    const otherwise = name in special ? `, or ${special[name]}` : "";
    throw unusable(`${name} must be an id such as 1700000000000-0${otherwise}`);
  }
  for (const id of [...ids, ...entryIds]) {
    if (!ID.test(id)) throw unusable(`"${id}" is no id such as 1700000000000-0`);
  }
}

function checkNumber(
  name: string,
  value: number | undefined,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw unusable(`${name} must be a whole number from ${least} to ${most}, not ${String(value)}`);
}

function unusable(why: string): PapyraError {
  return new PapyraError("INVALID_ARGUMENT", `Cannot ask this of a consumer group: ${why}`);
}
