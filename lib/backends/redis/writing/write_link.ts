/**
 * The one connection that a writer's records go over, and what is known of the streams behind it.
 *
 * @module
 */

import type { Connection } from "../servers/connection.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { ServerRefusal } from "../servers/server_error.ts";
import type { ServerIdentity } from "../servers/server_identity.ts";
import { type StreamEnd, streamEnd } from "../streams/stream_end.ts";

/** A connection to write over. */
export interface WriteLink {
  readonly connection: Connection;
  readonly server: ServerIdentity;
  /** The streams that are written to. */
  readonly keys: readonly string[];
  /** Whether many records are added with one script. */
  readonly takesScripts: boolean;
  /**
   * The last id of each stream that is known to be settled: all that this link wrote and does not know
   * of has a larger one. A stream that this user may not ask about is missing.
   */
  readonly settledIds: Map<string, string>;
  /** What each stream was when the link was opened. */
  readonly ends: ReadonlyMap<string, StreamEnd>;
  /** Keys that are no streams. */
  readonly unusableKeys: ReadonlySet<string>;
  /** Set once the server refused what another one would take: nothing more is sent over it. */
  isToBeLeft: boolean;
}

/** Opens a link to the server that has `keys`. */
export async function openLink(
  servers: RedisServers,
  keys: readonly string[],
  takesScripts: boolean,
): Promise<WriteLink> {
  const { connection, server } = await servers.connect(keys[0]!);
  try {
    const ends = new Map<string, StreamEnd>();
    const unusableKeys = new Set<string>();
    for (const key of keys) {
      try {
        ends.set(key, await streamEnd(connection, key));
      } catch (error) {
        if (!(error instanceof ServerRefusal)) throw error;
        if (error.word === "WRONGTYPE") unusableKeys.add(key);
        else if (error.word !== "NOPERM") throw error;
      }
    }
    const settledIds = new Map([...ends].map(([key, { lastId }]) => [key, lastId]));
    const about = { connection, server, keys, takesScripts };
    return { ...about, settledIds, ends, unusableKeys, isToBeLeft: false };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Ends the connection of an earlier link on the server; whether it surely does nothing any more. */
export async function endOnServer(lost: WriteLink, link: WriteLink): Promise<boolean> {
  const { runId, clientId } = lost.server;
  // Another process gives the same numbers to other connections.
  if (runId === null || runId !== link.server.runId) return false;
  try {
    await link.connection.call(["CLIENT", "KILL", "ID", `${clientId}`]);
    return true;
  } catch (error) {
    if (error instanceof ServerRefusal) return error.word !== "NOPERM";
    throw error;
  }
}
