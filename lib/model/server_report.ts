/**
 * What is told of the servers that a store lies on. Plain data; times are Unix seconds, sizes bytes,
 * durations seconds.
 *
 * @module
 */

import type { ConsumerGroup } from "./consumer_group.ts";
import type { RecordKind } from "./record.ts";
import type { VolumeDurability, VolumeFinding } from "./volume_report.ts";

/** What an acknowledgement of a server is worth; `none` where it may be lost with the process. */
export type ServerDurability = VolumeDurability;

/** What one check of a server found. */
export type ServerFinding = VolumeFinding;

/** One check of a server. */
export interface ServerCheck extends ServerFinding {
  /** Its name, such as `eviction`. */
  readonly check: string;
  /** The server, as host and port. */
  readonly server: string;
}

/** What a server says of itself; null where this user may not ask. */
export interface ServerFacts {
  /** Host and port. */
  readonly server: string;
  /** Its version. */
  readonly version: string;
  /** `master` or `replica`. */
  readonly role: string;
  /** The user that the store logs in as. */
  readonly user: string | null;
  /** Memory in use. */
  readonly memoryBytes: number | null;
  /** The most that it may use; 0 for no limit. */
  readonly memoryBytesMax: number | null;
  /** What it does when that is used up: `noeviction`, … */
  readonly evictionPolicy: string | null;
  /** Whether it writes an append-only file. */
  readonly appendOnly: boolean | null;
  /** When that is synced: `always`, `everysec` or `no`. */
  readonly fsync: string | null;
  /** How many replicas are connected. */
  readonly replicas: number | null;
}

/** A group of a stream, and what it waits for in vain. */
export interface CheckedGroup extends ConsumerGroup {
  /** Pending entries that are gone from the stream, as far as they were looked at. */
  readonly dangling: number;
  /** How many pending entries were looked at, from the oldest on. */
  readonly looked: number;
}

/** A stream of the store. */
export interface StreamFacts {
  /** The kind of records that it is for. */
  readonly kind: RecordKind;
  /** Its key. */
  readonly key: string;
  /** How many entries it holds; null where that could not be asked. */
  readonly entries: number | null;
  /** The memory that it takes; null where that could not be asked. */
  readonly bytes: number | null;
  /** Its consumer groups. */
  readonly groups: readonly CheckedGroup[];
}

/** Everything that is told of the servers of a store. */
export interface ServerReport {
  /** Where the store is; never with a password. */
  readonly store: string;
  /** What an acknowledgement is worth there; `unknown` where that could not be found out. */
  readonly durability: ServerDurability | "unknown";
  /** What it is to be worth. */
  readonly asked: ServerDurability;
  /** Whether it is worth that, and nothing else is wrong. */
  readonly isFit: boolean;
  /** The same in words. */
  readonly verdict: string;
  /** The servers that have the store's streams. */
  readonly servers: readonly ServerFacts[];
  /** The streams. */
  readonly streams: readonly StreamFacts[];
  /** Every check. */
  readonly checks: readonly ServerCheck[];
  /** What no question to a running server can tell. */
  readonly cannotKnow: readonly string[];
  /** When the first check began. */
  readonly startedAt: number;
  /** How long they took. */
  readonly durationSeconds: number;
}
