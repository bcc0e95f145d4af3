/**
 * Connections for commands that wait on the server: on the shared one everybody would wait with them.
 *
 * @module
 */

import { abortError, throwIfAborted } from "../../../errors.ts";
import type { Connection } from "./connection.ts";
import type { RedisServers } from "./redis_servers.ts";

/** Keeps the connections that nobody uses now for those who come next. */
export class LentConnections {
  readonly #servers: RedisServers;
  readonly #idle = new Map<string, Connection[]>();
  #isClosed = false;

  /** Connects to nothing yet. */
  constructor(servers: RedisServers) {
    this.#servers = servers;
  }

  /** Runs `body` with a connection to the server that has `key`, which ends when the signal fires. */
  async lend<T>(
    key: string,
    signal: AbortSignal,
    body: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = await this.#take(key);
    const onAbort = () => connection.close();
    signal.addEventListener("abort", onAbort);
    let isSound = false;
    try {
      throwIfAborted(signal);
      const result = await body(connection);
      isSound = true;
      return result;
    } catch (error) {
      throw signal.aborted ? abortError(signal) : error;
    } finally {
      signal.removeEventListener("abort", onAbort);
      if (isSound && !this.#isClosed) this.#giveBack(key, connection);
      else connection.close();
    }
  }

  /** Lets go of all that nobody uses, and of the others once they are given back. */
  close(): void {
    this.#isClosed = true;
    for (const connection of [...this.#idle.values()].flat()) connection.close();
    this.#idle.clear();
  }

  async #take(key: string): Promise<Connection> {
    const idle = this.#idle.get(key) ?? [];
    for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
      if (!kept.isBroken) return kept;
    }
    return (await this.#servers.connect(key)).connection;
  }

  #giveBack(key: string, connection: Connection): void {
    this.#idle.set(key, [...this.#idle.get(key) ?? [], connection]);
  }
}
