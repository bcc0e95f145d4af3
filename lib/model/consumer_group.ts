/**
 * What is told of consumer groups, and of entries on their way to consumers. Plain data.
 *
 * @module
 */

import type { AnomalyCode } from "./anomaly.ts";
import type { StoredRecord } from "./record.ts";

/** A consumer group of a stream. */
export interface ConsumerGroup {
  /** Its name. */
  readonly name: string;
  /** How many consumers it knows. */
  readonly consumers: number;
  /** How many entries were given out and not acknowledged. */
  readonly pending: number;
  /** The id of the last entry that was given out. */
  readonly lastDeliveredId: string;
  /** How many entries it has read; null where the server cannot tell. */
  readonly entriesRead: number | null;
  /** How many entries it has still to read; null where the server cannot tell. */
  readonly lag: number | null;
}

/** A consumer of a group. */
export interface GroupConsumer {
  /** Its name. */
  readonly name: string;
  /** How many entries it was given and has not acknowledged. */
  readonly pending: number;
  /** How long ago it last asked for entries. */
  readonly idleSeconds: number;
}

/** An entry that was given out and not acknowledged. */
export interface PendingEntry {
  /** Its id. */
  readonly id: string;
  /** Who has it. */
  readonly consumer: string;
  /** How long ago it was given out last. */
  readonly idleSeconds: number;
  /** How often it was given out. */
  readonly deliveries: number;
}

/** What a group waits for, in short. */
export interface PendingSummary {
  /** How many entries were given out and not acknowledged. */
  readonly pending: number;
  /** The smallest id of them; null where there is none. */
  readonly firstId: string | null;
  /** The largest id of them; null where there is none. */
  readonly lastId: string | null;
  /** Who has how many, those with none left out. */
  readonly consumers: readonly { readonly name: string; readonly pending: number }[];
}

/** Why an entry is no record. */
export interface EntryFault {
  /** The code that a scan would give it. */
  readonly code: AnomalyCode;
  /** The same in words. */
  readonly reason: string;
}

/** A field of an entry. */
export interface EntryField {
  /** Its name. */
  readonly name: string;
  /** Its value, byte for byte. */
  readonly value: Uint8Array;
}

/** An entry that was given to a consumer: a record, or what cannot be read as one. */
export interface ConsumedEntry<T extends StoredRecord = StoredRecord> {
  /** The kind of records that its stream is for. */
  readonly kind: T["kind"];
  /** Its id, by which it is acknowledged. */
  readonly id: string;
  /** How often it was given out, this time included. */
  readonly deliveries: number;
  /** The record; null where there is none to be read. */
  readonly record: T | null;
  /** Why there is none; null where there is one. DANGLING_PENDING: the entry is gone from the stream. */
  readonly fault: EntryFault | null;
  /** Everything that the entry holds. */
  readonly fields: readonly EntryField[];
}

/** What was claimed, and what could not be. */
export interface ClaimReport<T extends StoredRecord = StoredRecord> {
  /** What the consumer has now. */
  readonly entries: readonly ConsumedEntry<T>[];
  /** Pending entries that are gone from the stream: nobody can have them, and they stay pending. */
  readonly dangling: readonly PendingEntry[];
  /** What had been given out too often, is a dead letter now, and was acknowledged. */
  readonly deadLettered: readonly PendingEntry[];
}

/** What was claimed of a page, and where the next one begins. */
export interface AutoclaimReport<T extends StoredRecord = StoredRecord> extends ClaimReport<T> {
  /** The id to go on from; null where this was the last page. */
  readonly next: string | null;
}
