/**
 * What comes to streams, as it comes.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { abortError, throwIfAborted } from "../../../errors.ts";
import { RECORD_KINDS, type RecordKind } from "../../../model/record.ts";
import type { Reply } from "../servers/command.ts";
import type { Connection } from "../servers/connection.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { asServerError } from "../servers/server_error.ts";
import { entryFrom, type StreamEntry } from "../streams/stream_entry.ts";

/** The most entries of one stream that come at once. */
export const FEED_PAGE_ENTRIES = 500;

const BLOCK_MS = 2000;
const PAUSE_MS = 100;

/** A source of new entries. */
export interface StreamFeed {
  /** Waits for entries behind those seen; a page of each stream that has some. Throws ABORTED. */
  next(
    seen: ReadonlyMap<RecordKind, string>,
  ): Promise<readonly (readonly StreamEntry[])[]>;
  /** Lets go of its connection. */
  close(): void;
}

/** Opens a feed of the streams of some kinds. It ends when the signal fires. */
export function openFeed(
  servers: RedisServers,
  kinds: Iterable<RecordKind>,
  signal: AbortSignal,
): StreamFeed {
  const keys = [...kinds].map((kind) => servers.config.keys.streams[kind]);
  const isTogether = keys.every((key) => servers.areTogether(keys[0]!, key));
  return isTogether ? new BlockingFeed(servers, signal) : new PollingFeed(servers, signal);
}

/** Has the server tell: one connection of its own, as it blocks. */
class BlockingFeed implements StreamFeed {
  readonly #servers: RedisServers;
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.close();
  #connection: Connection | undefined;

  constructor(servers: RedisServers, signal: AbortSignal) {
    this.#servers = servers;
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort);
  }

  async next(seen: ReadonlyMap<RecordKind, string>) {
    const { keys, location } = this.#servers.config;
    const streams = [...seen.keys()].map((kind) => keys.streams[kind]);
    const behind = ["STREAMS", ...streams, ...seen.values()];
    try {
      return await this.#servers.persistently(async () => {
        const connection = await this.#connected(streams[0]!);
        for (;;) {
          const found = await this.#read(connection, [`${FEED_PAGE_ENTRIES}`, ...behind]);
          if (found !== null) return pagesFrom(found, this.#servers);
          // Whom it kept waiting, the server tells of one stream only: what came to all is read then.
          await this.#read(connection, ["1", "BLOCK", `${BLOCK_MS}`, ...behind]);
        }
      }, this.#signal);
    } catch (error) {
      if (this.#signal.aborted) throw abortError(this.#signal);
      throw asServerError(error, "follow", location);
    }
  }

  close(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#connection?.close();
  }

  #read(connection: Connection, rest: readonly string[]): Promise<Reply> {
    const { commandTimeoutMs } = this.#servers.config;
    const reply = connection.send(["XREAD", "COUNT", ...rest], { asBytes: true });
    return connection.within(BLOCK_MS + commandTimeoutMs, reply);
  }

  async #connected(key: string): Promise<Connection> {
    if (this.#connection === undefined || this.#connection.isBroken) {
      this.#connection = (await this.#servers.connect(key)).connection;
    }
    throwIfAborted(this.#signal);
    return this.#connection;
  }
}

/** Asks several servers again and again. */
class PollingFeed implements StreamFeed {
  readonly #servers: RedisServers;
  readonly #signal: AbortSignal;

  constructor(servers: RedisServers, signal: AbortSignal) {
    this.#servers = servers;
    this.#signal = signal;
  }

  async next(seen: ReadonlyMap<RecordKind, string>) {
    for (;;) {
      const pages = await Promise.all([...seen].map(([kind, id]) => this.#page(kind, id)));
      const filled = pages.flat();
      if (filled.length > 0) return filled;
      await setTimeout(PAUSE_MS, undefined, { signal: this.#signal }).catch(() => {});
      throwIfAborted(this.#signal);
    }
  }

  close(): void {}

  async #page(kind: RecordKind, id: string): Promise<(readonly StreamEntry[])[]> {
    const key = this.#servers.config.keys.streams[kind];
    const command = ["XREAD", "COUNT", `${FEED_PAGE_ENTRIES}`, "STREAMS", key, id];
    const options = { asBytes: true, signal: this.#signal, action: "follow" };
    return pagesFrom(await this.#servers.call(key, command, options), this.#servers);
  }
}

function pagesFrom(reply: Reply, { config: { keys } }: RedisServers): (readonly StreamEntry[])[] {
  const text = new TextDecoder();
  const pages = (reply ?? []) as readonly (readonly [Uint8Array, readonly Reply[]])[];
  return pages.map(([name, entries]) => {
    const kind = RECORD_KINDS.find((each) => keys.streams[each] === text.decode(name))!;
    return entries.map((entry) => entryFrom(entry, kind));
  });
}
