/**
 * What a caller's filters mean for a record.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import { canonicalAddress, isActorAddress } from "../model/address.ts";
import type { ActorAddress, RecordKind, StoredRecord } from "../model/record.ts";
import type { RecordFilter } from "./backend.ts";

/** Filters, complete and checked. */
export interface CheckedFilter {
  /** Smallest timestamp that passes; -Infinity for any. */
  readonly since: number;
  /** Largest timestamp that passes; Infinity for any. */
  readonly until: number;
  /** Only larger sequence numbers pass; null where those without one do too. */
  readonly afterSeq: number | null;
  /** Whether a record passes all of them. */
  readonly passes: (record: StoredRecord) => boolean;
}

/** The kinds that have what a filter looks at. */
const KINDS_WITH = {
  type: ["event", "dead_letter"],
  actor: ["event"],
  target: ["dead_letter"],
} as const satisfies { readonly [F in keyof RecordFilter]: readonly RecordKind[] };

/** Checks a caller's filters. Throws INVALID_ARGUMENT. */
export function checkFilter(filter: RecordFilter): CheckedFilter {
  const { since = -Infinity, until = Infinity, afterSeq = null } = filter;
  checkTimes({ since, until });
  checkAfterSeq(afterSeq);
  const isTimed = since !== -Infinity || until !== Infinity;
  const types = typesOf(filter.type);
  const actors = addressesOf("actor", filter.actor);
  const targets = addressesOf("target", filter.target);
  const passes = (record: StoredRecord): boolean => {
    const { timestamp, seq } = record;
    // A record without a timestamp lies in no period of time.
    if (isTimed && (timestamp === null || timestamp < since || timestamp > until)) return false;
    if (afterSeq !== null && (seq === null || seq <= afterSeq)) return false;
    if (types !== null && !types.has(typeOf(record))) return false;
    if (actors !== null && !isOneOf(actors, actorOf(record))) return false;
    return targets === null || isOneOf(targets, targetOf(record));
  };
  return { since, until, afterSeq, passes };
}

/** Those of `kinds` that have what the filters look at. */
export function kindsThatPass(
  kinds: readonly RecordKind[],
  filter: RecordFilter,
): readonly RecordKind[] {
  const needed = Object.entries(KINDS_WITH).filter(([name]) =>
    filter[name as keyof RecordFilter] !== undefined
  );
  return kinds.filter((kind) =>
    needed.every(([, having]) => (having as readonly RecordKind[]).includes(kind))
  );
}

function typeOf(record: StoredRecord): string | null {
  if (record.kind === "audit") return null;
  return record.kind === "event" ? record.eventType : record.messageType;
}

function actorOf(record: StoredRecord): ActorAddress | null {
  return record.kind === "event" ? record.actorAddress : null;
}

function targetOf(record: StoredRecord): ActorAddress | null {
  return record.kind === "dead_letter" ? record.target : null;
}

function isOneOf(addresses: ReadonlySet<string>, address: ActorAddress | null): boolean {
  return address !== null && addresses.has(canonicalAddress(address));
}

function checkTimes(times: { readonly [name: string]: unknown }): void {
  for (const [name, time] of Object.entries(times)) {
    if (typeof time === "number" && !Number.isNaN(time)) continue;
    throw unusable(name, time, "it must be a number of Unix seconds");
  }
}

function checkAfterSeq(afterSeq: unknown): void {
  if (afterSeq === null || (Number.isSafeInteger(afterSeq) && (afterSeq as number) >= 0)) return;
  throw unusable("afterSeq", afterSeq, "it must be a whole number from 0 up");
}

function typesOf(wanted: RecordFilter["type"]): ReadonlySet<string | null> | null {
  if (wanted === undefined) return null;
  const types = [wanted].flat();
  for (const type of types) {
    if (typeof type !== "string") throw unusable("type", type, "it must be a string");
  }
  return new Set(types);
}

function addressesOf(
  name: string,
  wanted: ActorAddress | readonly ActorAddress[] | undefined,
): ReadonlySet<string> | null {
  if (wanted === undefined) return null;
  const addresses = [wanted].flat();
  for (const address of addresses) {
    if (isActorAddress(address)) continue;
    throw unusable(name, address, "it must be a string or { system, actorId }");
  }
  return new Set(addresses.map(canonicalAddress));
}

function unusable(name: string, value: unknown, why: string): PapyraError {
  return new PapyraError("INVALID_ARGUMENT", `Cannot use ${name} ${String(value)}: ${why}`);
}
