/**
 * Puts the entries of several streams into one order: that in which they were written.
 *
 * Ids tell it to the millisecond. Within one, entries of one writer are in the order of their
 * signatures; between writers, nobody knows.
 *
 * @module
 */

import { compareDigits, compareIds, millisecondsOf } from "../streams/entry_id.ts";
import { signatureOf, type StreamEntry } from "../streams/stream_entry.ts";

// A clock that was put back gives a millisecond any number of entries.
const MOMENT_ENTRIES_MAX = 4096;

/** Merges pages of several streams, all oldest first, or all newest first. */
export async function* mergeStreams(
  streams: readonly AsyncIterable<readonly StreamEntry[]>[],
  reverse: boolean,
): AsyncGenerator<readonly StreamEntry[]> {
  if (streams.length === 1) return yield* streams[0]!;
  const cursors = streams.map((stream) => new Cursor(stream));
  try {
    for (;;) {
      for (const cursor of cursors) await cursor.fill();
      const open = cursors.filter(({ head }) => head !== undefined);
      if (open.length === 0) return;
      yield await nextEntries(open, reverse);
    }
  } finally {
    for (const cursor of cursors) await cursor.close();
  }
}

/** Puts entries of one moment into one order; each list is in the order of its stream. */
export function interleave(lists: readonly (readonly StreamEntry[])[]): StreamEntry[] {
  if (lists.length === 1) return [...lists[0]!];
  const queues = lists.map((list) =>
    list.map((entry) => ({ entry, signature: signatureOf(entry) }))
  );
  const due = new Map<string, number[]>();
  for (const { signature } of queues.flat()) {
    if (signature === null) continue;
    due.set(signature.writer, [...due.get(signature.writer) ?? [], signature.count]);
  }
  for (const counts of due.values()) counts.sort((one, other) => other - one);
  const merged: StreamEntry[] = [];
  for (let open = queues.filter(isFilled); open.length > 0; open = open.filter(isFilled)) {
    const ready = open.filter(([head]) => {
      const signature = head!.signature;
      return signature === null || due.get(signature.writer)!.at(-1)! >= signature.count;
    });
    // Signatures that contradict their streams count for nothing.
    const queue = (ready.length > 0 ? ready : open).reduce((one, other) =>
      compareIds(other[0]!.entry.id, one[0]!.entry.id) < 0 ? other : one
    );
    const { entry, signature } = queue.shift()!;
    if (signature !== null) due.get(signature.writer)!.pop();
    merged.push(entry);
  }
  return merged;
}

function isFilled(queue: readonly unknown[]): boolean {
  return queue.length > 0;
}

async function nextEntries(
  open: readonly Cursor[],
  reverse: boolean,
): Promise<readonly StreamEntry[]> {
  const sign = reverse ? -1 : 1;
  const isBefore = (one: string, other: string) => sign * compareDigits(one, other) < 0;
  const moments = open.map(({ head }) => millisecondsOf(head!.id));
  const moment = moments.reduce((one, other) => isBefore(other, one) ? other : one);
  const concerned = open.filter((_, index) => moments[index] === moment);
  if (concerned.length === 1) {
    const others = moments.filter((other) => other !== moment);
    return concerned[0]!.takeBuffered((id) =>
      others.every((other) => isBefore(millisecondsOf(id), other))
    );
  }
  const lists: (readonly StreamEntry[])[] = [];
  for (const cursor of concerned) lists.push(await cursor.takeMoment(moment));
  return reverse ? interleave(lists.map((list) => list.toReversed())).reverse() : interleave(lists);
}

/** How far one stream was read. */
class Cursor {
  readonly #pages: AsyncIterator<readonly StreamEntry[]>;
  #page: readonly StreamEntry[] = [];
  #index = 0;
  #isEnded = false;

  constructor(stream: AsyncIterable<readonly StreamEntry[]>) {
    this.#pages = stream[Symbol.asyncIterator]();
  }

  get head(): StreamEntry | undefined {
    return this.#page[this.#index];
  }

  async fill(): Promise<void> {
    while (this.head === undefined && !this.#isEnded) {
      const { done = false, value } = await this.#pages.next();
      this.#isEnded = done;
      this.#page = done ? [] : value;
      this.#index = 0;
    }
  }

  takeBuffered(isDue: (id: string) => boolean): readonly StreamEntry[] {
    const start = this.#index;
    while (this.head !== undefined && isDue(this.head.id)) this.#index++;
    return this.#page.slice(start, this.#index);
  }

  async takeMoment(moment: string): Promise<readonly StreamEntry[]> {
    const taken: StreamEntry[] = [];
    while (taken.length < MOMENT_ENTRIES_MAX && this.head !== undefined) {
      if (millisecondsOf(this.head.id) !== moment) break;
      taken.push(this.head);
      this.#index++;
      await this.fill();
    }
    return taken;
  }

  async close(): Promise<void> {
    await this.#pages.return?.();
  }
}
