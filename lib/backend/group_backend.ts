/**
 * The contract of backends whose records are shared out to consumer groups.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import type {
  AutoclaimReport,
  ClaimReport,
  ConsumedEntry,
  ConsumerGroup,
  GroupConsumer,
  PendingEntry,
  PendingSummary,
} from "../model/consumer_group.ts";
import type { RecordKind, RecordOf } from "../model/record.ts";
import type { CallOptions, PersistenceBackend } from "./backend.ts";

/** How a group is made. */
export interface EnsureGroupOptions extends CallOptions {
  /** The group. */
  readonly group: string;
  /** It is given entries behind this id: `0` for all, `$` for what comes from now on. @default {"0"} */
  readonly startId?: string;
}

/** Whose entries are meant. */
export interface ConsumerOptions extends CallOptions {
  /** The group. */
  readonly group: string;
  /** The consumer: a name that one process uses at a time. The server learns of it by itself. */
  readonly consumer: string;
}

/** When an entry is given out no more. */
export interface DeliveryLimit {
  /**
   * Makes a dead letter of an entry that was given out so often and is still pending, and acknowledges
   * it only then: a crash between the two leaves it pending, and the next one makes another dead letter
   * of it, never none. A dead letter itself has no such limit. @default {Infinity}
   */
  readonly deliveriesMax?: number;
  /** Called, and waited for, with each entry that became a dead letter. */
  readonly onDeadLetter?: (entry: PendingEntry) => void | Promise<void>;
}

/** What a consumer asks for. */
export interface ConsumeOptions extends ConsumerOptions, DeliveryLimit {
  /** The most entries of a page. @default {100} */
  readonly count?: number;
  /**
   * How long to wait for an entry where there is none; 0 for not at all, which for an iteration goes
   * with `endWhenIdle`. @default {1000}
   */
  readonly blockMs?: number;
  /** Make the group where it is not there. @default {true} */
  readonly ensureGroup?: boolean;
  /** Where a group that is made begins, see {@linkcode EnsureGroupOptions.startId}. @default {"0"} */
  readonly startId?: string;
  /**
   * `>` for entries that nobody was given yet; an id for those behind it that this consumer was given
   * and has not acknowledged, `0` for all of them. @default {">"}
   */
  readonly readId?: string;
}

/** What a consumer asks for again and again. */
export interface ConsumeEachOptions extends Omit<ConsumeOptions, "readId"> {
  /** Ends after so many entries, and is given no more than that. @default {Infinity} */
  readonly limit?: number;
  /** Ends once nothing came for `blockMs`. @default {false} */
  readonly endWhenIdle?: boolean;
  /**
   * Called, and waited for, whenever all that was given has been handed out, before more is asked for:
   * the moment to acknowledge it in one go.
   */
  readonly onCaughtUp?: () => void | Promise<void>;
}

/** Which entries are acknowledged. */
export interface AckOptions extends CallOptions {
  /** The group. */
  readonly group: string;
  /** The entries. */
  readonly ids: readonly string[];
}

/** Which entries a consumer takes over. */
export interface ClaimOptions extends ConsumerOptions, DeliveryLimit {
  /** Only what was given out at least so long ago. */
  readonly minIdleMs: number;
  /** The entries. */
  readonly entryIds: readonly string[];
}

/** How a consumer takes over whatever others left. */
export interface AutoclaimOptions extends ConsumerOptions, DeliveryLimit {
  /** Only what was given out at least so long ago. */
  readonly minIdleMs: number;
  /** Only from this id on. @default {"0"} */
  readonly startId?: string;
  /** The most entries to look at. @default {100} */
  readonly count?: number;
}

/** A group that is asked about. */
export interface GroupQuery extends CallOptions {
  /** The group. */
  readonly group: string;
}

/** Which pending entries are asked for. */
export interface PendingQuery extends GroupQuery {
  /** Only what this consumer has. */
  readonly consumer?: string;
  /** Only what was given out at least so long ago. @default {0} */
  readonly minIdleMs?: number;
  /** Only behind this id. @default {"0"} */
  readonly afterId?: string;
  /** The most entries. @default {100} */
  readonly count?: number;
}

/**
 * A backend with consumer groups. Every entry of a stream is given to one consumer of each group, and
 * stays pending until it is acknowledged: at least once, not exactly once.
 *
 * All calls throw NO_SUCH_GROUP where the group is not there, NOT_A_STORE where the key is no stream.
 */
export interface GroupBackend extends PersistenceBackend {
  /** Makes a group, and the stream where there is none; true where it was not there. */
  ensureConsumerGroup(kind: RecordKind, options: EnsureGroupOptions): Promise<boolean>;
  /** A page of entries, which may be empty. */
  consume<K extends RecordKind>(
    kind: K,
    options: ConsumeOptions,
  ): Promise<readonly ConsumedEntry<RecordOf<K>>[]>;
  /** Entries as they come, those that this consumer has not acknowledged first. */
  consumeEach<K extends RecordKind>(
    kind: K,
    options: ConsumeEachOptions,
  ): AsyncIterable<ConsumedEntry<RecordOf<K>>>;
  /** Acknowledges entries; how many of them were pending. */
  ack(kind: RecordKind, options: AckOptions): Promise<number>;
  /** Takes over entries that others were given. */
  claim<K extends RecordKind>(kind: K, options: ClaimOptions): Promise<ClaimReport<RecordOf<K>>>;
  /** Takes over whatever others left, a page at a time. */
  autoclaim<K extends RecordKind>(
    kind: K,
    options: AutoclaimOptions,
  ): Promise<AutoclaimReport<RecordOf<K>>>;
  /** What a group waits for, in short. */
  pendingSummary(kind: RecordKind, options: GroupQuery): Promise<PendingSummary>;
  /** What a group waits for, entry by entry, smallest id first. */
  pendingEntries(kind: RecordKind, options: PendingQuery): Promise<readonly PendingEntry[]>;
  /** The groups of a stream; none where there is no stream. */
  consumerGroups(kind: RecordKind, options?: CallOptions): Promise<readonly ConsumerGroup[]>;
  /** The consumers of a group. */
  groupConsumers(kind: RecordKind, options: GroupQuery): Promise<readonly GroupConsumer[]>;
}

/** The store as one with consumer groups. Throws UNSUPPORTED where it has none. */
export function asGroupBackend(store: PersistenceBackend): GroupBackend {
  if ("consume" in store && "pendingSummary" in store) return store as GroupBackend;
  const message = `Cannot do this with ${store.location}: ${store.name} has no consumer groups, ` +
    "name a store on Redis";
  throw new PapyraError("UNSUPPORTED", message);
}
