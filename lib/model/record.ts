/**
 * The three kinds of records, as the module's users see them.
 *
 * @module
 */

/** Any value that JSON can carry. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** What a record can be. */
export type RecordKind = "event" | "audit" | "dead_letter";

/** Every kind, in the order in which they are shown. */
export const RECORD_KINDS: readonly RecordKind[] = ["event", "audit", "dead_letter"];

/** Whether `value` names a kind of record. */
export function isRecordKind(value: unknown): value is RecordKind {
  return value === "event" || value === "audit" || value === "dead_letter";
}

/** The address of an actor: a string such as `local://1`, or its parts. */
export type ActorAddress =
  | string
  | {
    /** The actor system's name. */
    readonly system: string;
    /** The actor's number or name within it. */
    readonly actorId: number | string;
  };

/** What every record can be given. */
export interface CommonInput {
  /** Unix seconds with a fraction; now, when not given. */
  readonly timestamp?: number;
  /** The system that the record speaks of. @default {"local"} */
  readonly systemId?: string;
}

/** An event to be recorded: something happened to an actor. */
export interface EventInput extends CommonInput {
  /** The actor that it happened to. @default {""} */
  readonly actorAddress?: ActorAddress;
  /** What happened, such as `ActorStarted`. */
  readonly eventType: string;
  /** Details. @default {{}} */
  readonly payload?: JsonObject;
}

/** An audit to be recorded: the state of a whole system at one moment. */
export interface AuditInput extends CommonInput {
  /** Actors known. @default {0} */
  readonly totalActors?: number;
  /** Actors running. @default {0} */
  readonly aliveActors?: number;
  /** Actors on their way out. @default {0} */
  readonly stoppingActors?: number;
  /** Actors being started again. @default {0} */
  readonly restartingActors?: number;
  /** Names registered. @default {0} */
  readonly registrySize?: number;
  /** Dead letters so far. @default {0} */
  readonly deadLettersCount?: number;
  /** Registered names without an actor. @default {[]} */
  readonly registryOrphans?: readonly string[];
  /** Registered names of dead actors. @default {[]} */
  readonly registryDead?: readonly string[];
}

/** A dead letter to be recorded: a message that nobody received. */
export interface DeadLetterInput extends CommonInput {
  /** Whom it was for, where that is known. @default {null} */
  readonly target?: ActorAddress | null;
  /** The type of the message. */
  readonly messageType: string;
  /** The message itself. @default {null} */
  readonly payload?: JsonValue;
}

/** A record of any kind, to be recorded. */
export type RecordInput =
  | ({ readonly kind: "event" } & EventInput)
  | ({ readonly kind: "audit" } & AuditInput)
  | ({ readonly kind: "dead_letter" } & DeadLetterInput);

/** What every stored record has. */
export interface CommonRecord {
  /** Unix seconds with a fraction; null where the stored line has none. */
  readonly timestamp: number | null;
  /** The system that the record speaks of. */
  readonly systemId: string;
  /** The record's number in its store, from 1; null in lines that an original store wrote. */
  readonly seq: number | null;
}

/** A stored event. */
export interface EventRecord extends CommonRecord {
  /** The discriminator. */
  readonly kind: "event";
  /** The actor that it happened to. */
  readonly actorAddress: ActorAddress;
  /** What happened. */
  readonly eventType: string;
  /** Details. */
  readonly payload: JsonObject;
}

/** A stored audit. */
export interface AuditRecord extends CommonRecord {
  /** The discriminator. */
  readonly kind: "audit";
  /** Actors known. */
  readonly totalActors: number;
  /** Actors running. */
  readonly aliveActors: number;
  /** Actors on their way out. */
  readonly stoppingActors: number;
  /** Actors being started again. */
  readonly restartingActors: number;
  /** Names registered. */
  readonly registrySize: number;
  /** Dead letters so far. */
  readonly deadLettersCount: number;
  /** Registered names without an actor. */
  readonly registryOrphans: readonly string[];
  /** Registered names of dead actors. */
  readonly registryDead: readonly string[];
}

/** A stored dead letter. */
export interface DeadLetterRecord extends CommonRecord {
  /** The discriminator. */
  readonly kind: "dead_letter";
  /** Whom it was for, where that is known. */
  readonly target: ActorAddress | null;
  /** The type of the message. */
  readonly messageType: string;
  /** The message itself. */
  readonly payload: JsonValue;
}

/** A stored record of any kind. */
export type StoredRecord = EventRecord | AuditRecord | DeadLetterRecord;

/** The stored record of a given kind. */
export type RecordOf<K extends RecordKind> = Extract<StoredRecord, { readonly kind: K }>;
