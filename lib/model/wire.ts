/**
 * Records and their stored form: snake_case names, `kind` and `timestamp` first.
 *
 * Reading is lenient, as the original's is: unknown fields are ignored and missing ones, or those of
 * the wrong type, get their defaults. Writing is strict: what JSON cannot carry is refused.
 *
 * @module
 */

import { messageOf, PapyraError } from "../errors.ts";
import { addressFromWire, addressToWire, isActorAddress } from "./address.ts";
import { checkJson } from "./json_check.ts";
import type {
  ActorAddress,
  AuditInput,
  JsonObject,
  JsonValue,
  RecordInput,
  StoredRecord,
} from "./record.ts";

const COUNT_FIELDS = [
  ["totalActors", "total_actors"],
  ["aliveActors", "alive_actors"],
  ["stoppingActors", "stopping_actors"],
  ["restartingActors", "restarting_actors"],
  ["registrySize", "registry_size"],
  ["deadLettersCount", "dead_letters_count"],
] as const satisfies readonly (readonly [keyof AuditInput, string])[];

/** Fields of each kind in the order in which they are written; `seq` and `crc` follow. */
export const WIRE_FIELDS = {
  event: ["kind", "timestamp", "system_id", "actor_address", "event_type", "payload"],
  audit: [
    "kind",
    "timestamp",
    "system_id",
    "total_actors",
    "alive_actors",
    "stopping_actors",
    "restarting_actors",
    "registry_size",
    "registry_orphans",
    "registry_dead",
    "dead_letters_count",
  ],
  dead_letter: ["kind", "timestamp", "system_id", "target", "message_type", "payload"],
} as const;

/**
 * The stored form of a record, without `seq` and `crc`, as JSON text.
 *
 * Throws INVALID_RECORD where a field has the wrong type or JSON cannot carry it.
 */
export function encodeRecord(input: RecordInput, now: () => number): string {
  if (!isObject(input)) throw invalid("the record", "must be an object");
  try {
    return JSON.stringify(toWire(input, now));
  } catch (error) {
    // What a getter or toJSON of the caller's throws says nothing of the store.
    if (error instanceof PapyraError) throw error;
    throw invalid("the record", `cannot be read (${messageOf(error)})`, error);
  }
}

function toWire(input: RecordInput, now: () => number): JsonObject {
  const timestamp = input.timestamp ?? now();
  if (typeof timestamp !== "number" || !Number.isFinite(timestamp)) {
    throw invalid("timestamp", "must be a finite number of Unix seconds");
  }
  const kind = input.kind;
  const system_id = text(input.systemId ?? "local", "systemId");
  switch (kind) {
    case "event":
      return {
        kind,
        timestamp,
        system_id,
        actor_address: address(input.actorAddress ?? "", "actorAddress"),
        event_type: text(input.eventType, "eventType"),
        payload: payloadObject(input.payload ?? {}),
      };
    case "audit":
      return {
        kind,
        timestamp,
        system_id,
        total_actors: count(input.totalActors, "totalActors"),
        alive_actors: count(input.aliveActors, "aliveActors"),
        stopping_actors: count(input.stoppingActors, "stoppingActors"),
        restarting_actors: count(input.restartingActors, "restartingActors"),
        registry_size: count(input.registrySize, "registrySize"),
        registry_orphans: names(input.registryOrphans, "registryOrphans"),
        registry_dead: names(input.registryDead, "registryDead"),
        dead_letters_count: count(input.deadLettersCount, "deadLettersCount"),
      };
    case "dead_letter":
      return {
        kind,
        timestamp,
        system_id,
        target: input.target === undefined || input.target === null
          ? null
          : address(input.target, "target"),
        message_type: text(input.messageType, "messageType"),
        payload: checkJson(input.payload ?? null, "payload"),
      };
    default:
      throw invalid("kind", "must be event, audit or dead_letter");
  }
}

/**
 * Reads an object in stored form; null where it is of no known kind.
 *
 * @example
 * ```ts
 * import { decodeRecord } from "@papyra/papyra";
 *
 * const record = decodeRecord({ kind: "event", timestamp: 1.5, event_type: "ActorStarted" }, 42);
 * console.log(record?.seq, record?.systemId); // 42 "local"
 * ```
 */
export function decodeRecord(wire: JsonObject, seq: number | null): StoredRecord | null {
  const timestamp = typeof wire.timestamp === "number" ? wire.timestamp : null;
  const systemId = stringOr(wire.system_id, "local");
  switch (wire.kind) {
    case "event":
      return {
        kind: "event",
        timestamp,
        systemId,
        actorAddress: addressFromWire(wire.actor_address) ?? "",
        eventType: stringOr(wire.event_type, ""),
        payload: isObject(wire.payload) ? wire.payload : {},
        seq,
      };
    case "audit":
      return {
        kind: "audit",
        timestamp,
        systemId,
        totalActors: countOr0(wire.total_actors),
        aliveActors: countOr0(wire.alive_actors),
        stoppingActors: countOr0(wire.stopping_actors),
        restartingActors: countOr0(wire.restarting_actors),
        registrySize: countOr0(wire.registry_size),
        registryOrphans: stringsOf(wire.registry_orphans),
        registryDead: stringsOf(wire.registry_dead),
        deadLettersCount: countOr0(wire.dead_letters_count),
        seq,
      };
    case "dead_letter":
      return {
        kind: "dead_letter",
        timestamp,
        systemId,
        target: addressFromWire(wire.target),
        messageType: stringOr(wire.message_type, ""),
        payload: wire.payload ?? null,
        seq,
      };
    default:
      return null;
  }
}

/** Reads an object in stored form as a record to be written. Throws INVALID_RECORD. */
export function inputFromWire(wire: JsonObject): RecordInput {
  const common = {
    ...(wire.timestamp === undefined || wire.timestamp === null
      ? {}
      : { timestamp: wire.timestamp as number }),
    ...(wire.system_id === undefined ? {} : { systemId: wire.system_id as string }),
  };
  switch (wire.kind) {
    case "event":
      return {
        kind: "event",
        ...common,
        actorAddress: addressInput(wire.actor_address ?? "", "actor_address"),
        eventType: text(wire.event_type ?? "", "event_type"),
        payload: payloadObject(wire.payload ?? {}),
      };
    case "audit":
      return {
        kind: "audit",
        ...common,
        ...Object.fromEntries(COUNT_FIELDS.map(([name, field]) => [name, wire[field] ?? 0])),
        registryOrphans: names(wire.registry_orphans, "registry_orphans"),
        registryDead: names(wire.registry_dead, "registry_dead"),
      };
    case "dead_letter":
      return {
        kind: "dead_letter",
        ...common,
        target: wire.target === undefined || wire.target === null
          ? null
          : addressInput(wire.target, "target"),
        messageType: text(wire.message_type ?? "", "message_type"),
        payload: wire.payload ?? null,
      };
    default:
      throw invalid("kind", "must be event, audit or dead_letter");
  }
}

/**
 * The stored form of a record that was read, as commands print it.
 *
 * @example
 * ```ts
 * import { InMemoryPersistence, recordToWire } from "@papyra/papyra";
 *
 * await using store = new InMemoryPersistence();
 * await store.recordEvent({ eventType: "ActorStarted" });
 * for await (const event of store.events()) console.log(JSON.stringify(recordToWire(event)));
 * ```
 */
export function recordToWire(record: StoredRecord): JsonObject {
  const { kind, timestamp, systemId: system_id, seq } = record;
  const numbered = seq === null ? {} : { seq };
  switch (kind) {
    case "event":
      return {
        kind,
        timestamp,
        system_id,
        actor_address: addressToWire(record.actorAddress),
        event_type: record.eventType,
        payload: record.payload,
        ...numbered,
      };
    case "audit":
      return {
        kind,
        timestamp,
        system_id,
        total_actors: record.totalActors,
        alive_actors: record.aliveActors,
        stopping_actors: record.stoppingActors,
        restarting_actors: record.restartingActors,
        registry_size: record.registrySize,
        registry_orphans: record.registryOrphans,
        registry_dead: record.registryDead,
        dead_letters_count: record.deadLettersCount,
        ...numbered,
      };
    case "dead_letter":
      return {
        kind,
        timestamp,
        system_id,
        target: record.target === null ? null : addressToWire(record.target),
        message_type: record.messageType,
        payload: record.payload,
        ...numbered,
      };
  }
}

function invalid(field: string, what: string, cause?: unknown): PapyraError {
  return new PapyraError("INVALID_RECORD", `Cannot record: ${field} ${what}`, { cause });
}

function text(value: unknown, field: string): string {
  if (typeof value !== "string") throw invalid(field, "must be a string");
  return value;
}

function count(value: unknown, field: string): number {
  if (value === undefined) return 0;
  if (!Number.isSafeInteger(value)) throw invalid(field, "must be a whole number");
  return value as number;
}

function names(value: unknown, field: string): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((name) => typeof name === "string")) {
    throw invalid(field, "must be an array of strings");
  }
  return value as string[];
}

function payloadObject(value: unknown): JsonObject {
  checkJson(value, "payload");
  if (!isObject(value)) throw invalid("payload", "of an event must be an object");
  return value;
}

function address(value: ActorAddress, field: string): JsonValue {
  if (!isActorAddress(value)) throw invalid(field, "must be a string or { system, actorId }");
  return addressToWire(value);
}

function addressInput(value: JsonValue, field: string): ActorAddress {
  const found = addressFromWire(value);
  if (found === null) throw invalid(field, 'must be a string or {"system", "actor_id"}');
  return found;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function stringOr(value: JsonValue | undefined, fallback: string): string {
  return typeof value === "string" ? value : fallback;
}

function countOr0(value: JsonValue | undefined): number {
  return typeof value === "number" ? value : 0;
}

function stringsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}
