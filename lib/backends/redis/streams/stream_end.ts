/**
 * What a server tells of a stream without reading it.
 *
 * @module
 */

import type { Connection } from "../servers/connection.ts";
import { FIRST_ID } from "./entry_id.ts";
import { ServerRefusal } from "../servers/server_error.ts";

/** A stream, and where it ends. */
export interface StreamEnd {
  /** Whether there is such a key. */
  readonly exists: boolean;
  /** How many entries it holds. */
  readonly length: number;
  /** The largest id that it ever gave, of an entry that may be gone. */
  readonly lastId: string;
  /** The largest id that was deleted, but for those that were trimmed; null before Redis 7. */
  readonly lastDeletedId: string | null;
  /** How many entries were removed, however; null before Redis 7. */
  readonly removed: number | null;
}

/** A stream that was never written to. */
export const NO_STREAM: StreamEnd = {
  exists: false,
  length: 0,
  lastId: FIRST_ID,
  lastDeletedId: FIRST_ID,
  removed: 0,
};

/** Where a stream ends. Throws ServerRefusal with WRONGTYPE where the key is something else. */
export async function streamEnd(connection: Connection, key: string): Promise<StreamEnd> {
  try {
    return endFrom(await connection.call(["XINFO", "STREAM", key]));
  } catch (error) {
    if (isMissingKey(error)) return NO_STREAM;
    throw error;
  }
}

/** Reads the answer to `XINFO STREAM`. */
export function endFrom(reply: unknown): StreamEnd {
  const pairs = reply as readonly unknown[];
  const valueOf = (name: string): unknown => {
    const index = pairs.findIndex((word, at) => at % 2 === 0 && word === name);
    return index === -1 ? null : pairs[index + 1];
  };
  const length = Number(valueOf("length"));
  const added = valueOf("entries-added");
  return {
    exists: true,
    length,
    lastId: String(valueOf("last-generated-id")),
    lastDeletedId: valueOf("max-deleted-entry-id") as string | null,
    removed: added === null ? null : Number(added) - length,
  };
}

/** Whether a server said that there is no such key. */
export function isMissingKey(error: unknown): boolean {
  return error instanceof ServerRefusal && /no such key/i.test(error.message);
}
