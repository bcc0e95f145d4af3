/**
 * Reads entries for a consumer of a group: new ones, and those that it was given before.
 *
 * @module
 */

import type { ConsumedEntry } from "../../../model/consumer_group.ts";
import type { RecordKind } from "../../../model/record.ts";
import type { Reply } from "../servers/command.ts";
import { consumedEntry, goneEntry } from "./consumed_entry.ts";
import { pendingPage } from "./consumer_groups.ts";
import type { ConsumerContext } from "./group_context.ts";
import { bury, isOverdue } from "./group_dead_letters.ts";
import { entryFrom, type StreamEntry } from "../streams/stream_entry.ts";

/** How to read. */
export interface ReadingOptions {
  /** The most entries. */
  readonly count: number;
  /** How long to wait where there is none; 0 for not at all. */
  readonly blockMs: number;
}

// A connection that is gone without a word is found out after a turn, and there is time left then to
// get another one.
const TURN_MS_MAX = 5000;

/** How long to wait at once, of the milliseconds that are left. */
export function turnMs(leftMs: number): number {
  return Math.ceil(Math.max(0, Math.min(leftMs, TURN_MS_MAX)));
}

/** A page of what a consumer was given before. */
export interface OwnPage {
  readonly entries: readonly ConsumedEntry[];
  /** The id to go on behind; null where there is no more. */
  readonly behind: string | null;
}

/**
 * Entries that nobody in the group was given yet. Throws ConnectionLost where it cannot be told which
 * were given out, once `onSent` was called; those are pending then.
 */
export async function readNew(
  context: ConsumerContext,
  { count, blockMs }: ReadingOptions,
  onSent: () => void = () => {},
): Promise<readonly ConsumedEntry[]> {
  const { servers, connections, key, kind, signal } = context;
  const block = blockMs > 0 ? ["BLOCK", `${blockMs}`] : [];
  const command = [...groupRead(context, count), ...block, "STREAMS", key, ">"];
  return await connections.lend(key, signal, async (connection) => {
    onSent();
    const timeoutMs = blockMs + servers.config.commandTimeoutMs;
    const reply = await connection.within(timeoutMs, connection.send(command, { asBytes: true }));
    return entriesIn(reply, kind).map(([id, entry]) => consumed(kind, id, entry, 1));
  });
}

/**
 * Entries behind an id that this consumer was given and has not acknowledged. What was given out too
 * often becomes a dead letter.
 */
export async function readOwn(
  context: ConsumerContext,
  behind: string,
  count: number,
): Promise<OwnPage> {
  const { servers, key, kind, group, consumer, signal } = context;
  const range = { from: `(${behind}`, count, consumer, signal };
  const page = await pendingPage(servers, key, group, range);
  const last = page.at(-1);
  if (last === undefined) return { entries: [], behind: null };
  const overdue = page.filter((pending) => isOverdue(context, pending));
  for (const pending of overdue) {
    const entry = await fetchEntry(context, pending.id);
    await bury(context, consumed(kind, pending.id, entry, pending.deliveries), pending);
  }
  const wanted = page.length - overdue.length;
  if (wanted === 0) return { entries: [], behind: last.id };
  const command = [...groupRead(context, wanted), "STREAMS", key, behind];
  const reply = await servers.call(key, command, { asBytes: true, signal, action: READ });
  const deliveries = new Map(page.map((pending) => [pending.id, pending.deliveries]));
  const entries = entriesIn(reply, kind).map(([id, entry]) =>
    // An entry that is gone is not given out again.
    consumed(kind, id, entry, (deliveries.get(id) ?? 0) + Number(entry !== null))
  );
  // What came to this consumer meanwhile may have pushed the last ones out of the page.
  return { entries, behind: entries.length < wanted ? last.id : entries.at(-1)!.id };
}

/** What is done, for the messages of errors. */
export const READ = "read for a consumer group from";

/** An entry by its id; null where it is gone. */
export async function fetchEntry(
  { servers, key, kind, signal }: ConsumerContext,
  id: string,
): Promise<StreamEntry | null> {
  const options = { asBytes: true, signal, action: READ };
  const [found] = await servers.call(key, ["XRANGE", key, id, id], options) as readonly Reply[];
  return found === undefined ? null : entryFrom(found, kind);
}

/** What a consumer gets for an entry, which may be gone. */
export function consumed(
  kind: RecordKind,
  id: string,
  entry: StreamEntry | null,
  deliveries: number,
): ConsumedEntry {
  return entry === null ? goneEntry(kind, id, deliveries) : consumedEntry(entry, deliveries);
}

function groupRead({ group, consumer }: ConsumerContext, count: number): string[] {
  return ["XREADGROUP", "GROUP", group, consumer, "COUNT", `${count}`];
}

function entriesIn(reply: Reply, kind: RecordKind): [id: string, StreamEntry | null][] {
  const text = new TextDecoder();
  const [stream] = (reply ?? []) as readonly (readonly [Uint8Array, readonly Reply[]])[];
  return (stream?.[1] ?? []).map((entry) => {
    const [id, fields] = entry as readonly [Uint8Array, Reply];
    return [text.decode(id), fields === null ? null : entryFrom(entry, kind)];
  });
}
