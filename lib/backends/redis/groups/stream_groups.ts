/**
 * The consumer groups of a store: calls with their arguments checked and complete.
 *
 * @module
 */

import { checkGroupCall, CONSUME_DEFAULTS } from "../../../backend/checked_consumer.ts";
import type {
  AckOptions,
  AutoclaimOptions,
  ClaimOptions,
  ConsumeEachOptions,
  ConsumeOptions,
  ConsumerOptions,
  DeliveryLimit,
  EnsureGroupOptions,
  GroupQuery,
  PendingQuery,
} from "../../../backend/group_backend.ts";
import type {
  AutoclaimReport,
  ClaimReport,
  ConsumedEntry,
  ConsumerGroup,
  GroupConsumer,
  PendingEntry,
  PendingSummary,
} from "../../../model/consumer_group.ts";
import type { RecordKind } from "../../../model/record.ts";
import { consumeEach } from "./consume_each.ts";
import { consumersOf, groupsOf, pendingPage, summaryOf } from "./consumer_groups.ts";
import { FIRST_ID, nextId } from "../streams/entry_id.ts";
import { claimEntries, claimPending } from "./group_claims.ts";
import { answerLost, type ConsumerContext, type GroupContext } from "./group_context.ts";
import { READ, type ReadingOptions, readNew, readOwn, turnMs } from "./group_reader.ts";
import { asServerError, ConnectionLost, ServerRefusal } from "../servers/server_error.ts";
import { isMissingKey } from "../streams/stream_end.ts";

/** Serves the groups of a store. */
export class StreamGroups {
  readonly #context: GroupContext;

  /** Asks nothing yet. */
  constructor(context: GroupContext) {
    this.#context = context;
  }

  /** Makes a group; true where it was not there. */
  async ensure(
    kind: RecordKind,
    options: EnsureGroupOptions,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { group, startId = CONSUME_DEFAULTS.startId } = checkGroupCall(kind, options);
    const { servers } = this.#context;
    const key = servers.config.keys.streams[kind];
    const command = ["XGROUP", "CREATE", key, group, startId, "MKSTREAM"];
    try {
      await servers.call(key, command, { signal, action: "make a consumer group of" });
      return true;
    } catch (error) {
      const { cause } = error as { cause?: unknown };
      if (cause instanceof ServerRefusal && cause.word === "BUSYGROUP") return false;
      throw error;
    }
  }

  /** A page of entries. */
  async page(
    kind: RecordKind,
    options: ConsumeOptions,
    signal: AbortSignal,
  ): Promise<readonly ConsumedEntry[]> {
    const given = checkGroupCall(kind, { ...CONSUME_DEFAULTS, ...options });
    if (given.ensureGroup) await this.ensure(kind, given, signal);
    const context = this.#consumer(kind, given, signal);
    const { servers } = context;
    if (given.readId !== ">") return await ownPage(context, given.readId, given.count);
    const end = performance.now() + given.blockMs;
    try {
      for (;;) {
        const reading = { count: given.count, blockMs: turnMs(end - performance.now()) };
        const page = await servers.persistently(() => readOnce(context, reading), signal);
        if (page.length > 0 || performance.now() >= end) return page;
      }
    } catch (error) {
      throw asServerError(error, READ, servers.config.location);
    }
  }

  /** Entries as they come. */
  async *each(
    kind: RecordKind,
    options: ConsumeEachOptions,
    signal: AbortSignal,
  ): AsyncGenerator<ConsumedEntry> {
    const given = checkGroupCall(kind, { ...CONSUME_DEFAULTS, ...options });
    if (given.ensureGroup) await this.ensure(kind, given, signal);
    // Who never ends and never waits would ask without a pause.
    const isRestless = given.blockMs === 0 && !given.endWhenIdle;
    const blockMs = isRestless ? CONSUME_DEFAULTS.blockMs : given.blockMs;
    yield* consumeEach(this.#consumer(kind, given, signal), { ...given, blockMs });
  }

  /** Acknowledges entries; how many were pending. */
  async ack(kind: RecordKind, options: AckOptions, signal: AbortSignal): Promise<number> {
    const { group, ids } = checkGroupCall(kind, options);
    if (ids.length === 0) return 0;
    const { servers } = this.#context;
    const key = servers.config.keys.streams[kind];
    const command = ["XACK", key, group, ...ids];
    return Number(await servers.call(key, command, { signal, action: "acknowledge in" }));
  }

  /** Takes over some entries. */
  async claim(
    kind: RecordKind,
    options: ClaimOptions,
    signal: AbortSignal,
  ): Promise<ClaimReport> {
    const { entryIds, minIdleMs } = checkGroupCall(kind, options);
    return await claimEntries(this.#consumer(kind, options, signal), entryIds, minIdleMs);
  }

  /** Takes over a page of what others left. */
  async autoclaim(
    kind: RecordKind,
    options: AutoclaimOptions,
    signal: AbortSignal,
  ): Promise<AutoclaimReport> {
    const { count = CONSUME_DEFAULTS.count, minIdleMs, startId = FIRST_ID } = checkGroupCall(
      kind,
      options,
    );
    const context = this.#consumer(kind, options, signal);
    const { servers, key, group } = context;
    const range = { from: startId, count, minIdleMs, signal };
    const page = await pendingPage(servers, key, group, range);
    const next = page.length < count ? null : nextId(page.at(-1)!.id);
    return { ...await claimPending(context, page, minIdleMs), next };
  }

  /** What a group waits for, in short. */
  summary(kind: RecordKind, options: GroupQuery): Promise<PendingSummary> {
    const { group } = checkGroupCall(kind, options);
    const { servers } = this.#context;
    return summaryOf(servers, servers.config.keys.streams[kind], group);
  }

  /** What a group waits for. */
  pending(
    kind: RecordKind,
    options: PendingQuery,
    signal: AbortSignal,
  ): Promise<readonly PendingEntry[]> {
    const given = { count: CONSUME_DEFAULTS.count, ...checkGroupCall(kind, options) };
    const { servers } = this.#context;
    const key = servers.config.keys.streams[kind];
    return pendingPage(servers, key, given.group, {
      ...given,
      from: `(${given.afterId ?? FIRST_ID}`,
      signal,
    });
  }

  /** The groups of a stream. */
  async groups(kind: RecordKind): Promise<readonly ConsumerGroup[]> {
    checkGroupCall(kind, {});
    const { servers } = this.#context;
    try {
      return await groupsOf(servers, servers.config.keys.streams[kind]);
    } catch (error) {
      if (isMissingKey((error as { cause?: unknown }).cause)) return [];
      throw error;
    }
  }

  /** The consumers of a group. */
  consumers(kind: RecordKind, options: GroupQuery): Promise<readonly GroupConsumer[]> {
    const { group } = checkGroupCall(kind, options);
    const { servers } = this.#context;
    return consumersOf(servers, servers.config.keys.streams[kind], group);
  }

  #consumer(
    kind: RecordKind,
    { group, consumer, deliveriesMax, onDeadLetter }: ConsumerOptions & DeliveryLimit,
    signal: AbortSignal,
  ): ConsumerContext {
    const limit = {
      ...(deliveriesMax === undefined ? {} : { deliveriesMax }),
      ...(onDeadLetter === undefined ? {} : { onDeadLetter }),
    };
    const key = this.#context.servers.config.keys.streams[kind];
    return { ...this.#context, kind, key, group, consumer, limit, signal };
  }
}

async function ownPage(
  context: ConsumerContext,
  readId: string,
  count: number,
): Promise<readonly ConsumedEntry[]> {
  for (let behind: string | null = readId; behind !== null;) {
    const page = await readOwn(context, behind, count);
    // An empty page in the middle held nothing but dead letters.
    if (page.entries.length > 0) return page.entries;
    behind = page.behind;
  }
  return [];
}

async function readOnce(
  context: ConsumerContext,
  reading: ReadingOptions,
): Promise<readonly ConsumedEntry[]> {
  let isSent = false;
  try {
    return await readNew(context, reading, () => isSent = true);
  } catch (error) {
    if (!isSent || !(error instanceof ConnectionLost)) throw error;
    throw answerLost(context.servers, context.consumer, error);
  }
}
