/**
 * What work for a consumer of a group takes.
 *
 * @module
 */

import { PapyraError } from "../../../errors.ts";
import type { DeliveryLimit } from "../../../backend/group_backend.ts";
import type { DeadLetterInput, RecordKind } from "../../../model/record.ts";
import type { Command, Reply } from "../servers/command.ts";
import type { LentConnections } from "../servers/lent_connections.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { asServerError, ConnectionLost, explainServerError } from "../servers/server_error.ts";

/** The surroundings of all groups of a store. */
export interface GroupContext {
  readonly servers: RedisServers;
  readonly connections: LentConnections;
  /** Records a dead letter in the store; resolves once it is acknowledged. */
  readonly recordDeadLetter: (letter: DeadLetterInput) => Promise<unknown>;
}

/** A consumer of a group of a stream. */
export interface ConsumerContext extends GroupContext {
  readonly kind: RecordKind;
  /** The stream. */
  readonly key: string;
  readonly group: string;
  readonly consumer: string;
  readonly limit: DeliveryLimit;
  readonly signal: AbortSignal;
}

/** Sends a command whose answer must not be lost: it is not sent again once it may have been done. */
export async function sendOnce(
  { servers, key, consumer }: ConsumerContext,
  action: string,
  command: Command,
): Promise<Reply> {
  try {
    return await servers.persistently(async () => {
      const { connection } = await servers.shared(key);
      try {
        return await connection.call(command, { asBytes: true });
      } catch (error) {
        throw error instanceof ConnectionLost ? answerLost(servers, consumer, error) : error;
      }
    });
  } catch (error) {
    throw asServerError(error, action, servers.config.location);
  }
}

/** The error for an answer that got lost with entries in it. */
export function answerLost(
  { config }: RedisServers,
  consumer: string,
  cause: ConnectionLost,
): PapyraError {
  const message = `Lost the answer of ${config.location}: ${explainServerError(cause)}; what ` +
    `consumer "${consumer}" may have been given is pending: read that first, from id 0`;
  return new PapyraError("UNREACHABLE", message, { cause });
}
