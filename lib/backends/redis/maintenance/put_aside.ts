/**
 * Moves an entry out of a stream, with its id, its source and every field.
 *
 * @module
 */

import { PapyraError } from "../../../errors.ts";
import type { AnomalyCode } from "../../../model/anomaly.ts";
import type { Command, Reply } from "../servers/command.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { asServerError, ConnectionLost } from "../servers/server_error.ts";
import type { StreamEntry } from "../streams/stream_entry.ts";

/** What is moved, and where to. */
export interface PutAside {
  readonly entry: StreamEntry;
  readonly source: string;
  readonly target: string;
  /** Why. */
  readonly code: AnomalyCode;
  /** The receipt that tells of it. */
  readonly receipt: string;
}

/**
 * Moves it in one transaction where both keys are surely on one server; else adds it, looks at what
 * was added, and then deletes it: a crash between leaves it in both places.
 */
export async function putAside(servers: RedisServers, move: PutAside): Promise<void> {
  const { source, target } = move;
  try {
    if (servers.areTogether(source, target)) await moveAtOnce(servers, move);
    else await copyThenDelete(servers, move);
  } catch (error) {
    throw asServerError(error, "move an entry of", servers.config.location);
  }
}

async function moveAtOnce(servers: RedisServers, move: PutAside): Promise<void> {
  const { source, entry } = move;
  await servers.persistently(async () => {
    const { connection } = await servers.shared(source);
    try {
      await connection.transaction([copyCommand(move), ["XDEL", source, entry.id]]);
    } catch (error) {
      // What got lost was done as a whole or not at all.
      if (!(error instanceof ConnectionLost) || await isThere(servers, move)) throw error;
    }
  });
}

async function copyThenDelete(servers: RedisServers, move: PutAside): Promise<void> {
  const { source, target, entry } = move;
  const command = copyCommand(move);
  const id = await servers.call(target, command, { action: "put aside an entry of" }) as string;
  const copy = await servers.call(target, ["XRANGE", target, id, id], { asBytes: true });
  const [[, fields] = [null, []]] = copy as readonly (readonly [Reply, readonly Uint8Array[]])[];
  if (!isSame(fields, command.slice(3))) {
    throw new PapyraError(
      "IO_ERROR",
      `Cannot put aside entry ${entry.id} of "${source}": its ` +
        `copy in "${target}" is not the same, so nothing was deleted`,
    );
  }
  await servers.call(source, ["XDEL", source, entry.id], { action: "delete an entry of" });
}

/** Its own fields stand behind ours, whatever their names are. */
function copyCommand({ entry, source, target, code, receipt }: PutAside): Command {
  const about = ["source", source, "source_id", entry.id, "code", code, "receipt", receipt];
  return ["XADD", target, "*", ...about, ...entry.fields];
}

async function isThere(
  servers: RedisServers,
  { source, entry: { id } }: PutAside,
): Promise<boolean> {
  return (await servers.call(source, ["XRANGE", source, id, id]) as readonly unknown[]).length > 0;
}

function isSame(fields: readonly Uint8Array[], expected: Command): boolean {
  const encoder = new TextEncoder();
  return fields.length === expected.length && fields.every((field, index) => {
    const other = expected[index]!;
    const bytes = typeof other === "string" ? encoder.encode(other) : other;
    return field.length === bytes.length && field.every((byte, at) => byte === bytes[at]);
  });
}
