/**
 * The servers of a store: a connection to whichever has a key now, and commands that may be sent again.
 *
 * @module
 */

import { PapyraError, throwIfAborted, unlessAborted } from "../../../errors.ts";
import type { Command, Reply } from "./command.ts";
import { Connection, type ConnectionSettings, type SendOptions } from "./connection.ts";
import { connectionSettings } from "./connection_settings.ts";
import { areTogether } from "./key_slot.ts";
import { type Locator, locatorFor } from "./locator.ts";
import type { RedisConfig } from "../config/redis_config.ts";
import { addressText } from "../config/redis_url.ts";
import { retrying } from "./retrying.ts";
import {
  asServerError,
  ConnectionLost,
  isPassing,
  isRedirection,
  ServerRefusal,
  unreachable,
} from "./server_error.ts";
import { identify, type ServerIdentity } from "./server_identity.ts";

/** A connection whose server is known. */
export interface IdentifiedConnection {
  readonly connection: Connection;
  readonly server: ServerIdentity;
}

/** Options of a command that may be sent again. */
export interface CallOptions extends SendOptions {
  /** Stops waiting. */
  readonly signal?: AbortSignal | undefined;
  /** What is being done, for the message of an error: `read`. */
  readonly action?: string;
}

/** Connections to the servers of one store. */
export class RedisServers {
  readonly config: RedisConfig;
  readonly #shared = new Map<string, Promise<IdentifiedConnection>>();
  #located:
    | Promise<{ readonly settings: ConnectionSettings; readonly locator: Locator }>
    | undefined;
  #wasReached = false;
  #isClosed = false;

  /** Connects to nothing yet. */
  constructor(config: RedisConfig) {
    this.config = config;
  }

  /** Whether two keys are surely on one server, and stay together. */
  areTogether(one: string, other: string): boolean {
    return areTogether(this.config.topology, one, other);
  }

  /** Opens a connection of the caller's own to the server that has `key`. One attempt. */
  async connect(key: string): Promise<IdentifiedConnection> {
    const { settings, locator } = await this.#locate();
    try {
      const connection = await Connection.open(await locator.locate(key), settings);
      try {
        const server = await identify(connection);
        // A demoted master is a server to be left.
        if (this.config.topology === "sentinel" && server.role !== "master") {
          throw new ConnectionLost(`${addressText(connection.address)} is no master any more`);
        }
        // Nobody would ever let go of it.
        if (this.#isClosed) throw new ConnectionLost("the store was closed");
        this.#wasReached = true;
        return { connection, server };
      } catch (error) {
        connection.close();
        throw error;
      }
    } catch (error) {
      locator.forget();
      // Nobody corrects a password or a right while we try.
      const isRefused = error instanceof ServerRefusal && !isPassing(error);
      throw isRefused ? this.unreachable(error) : error;
    }
  }

  /**
   * Sends a command that may be done twice without harm, to the server that has `key`, and again
   * when the connection breaks or the key moves, as long as the configuration says. A server that was
   * never reached is tried once.
   */
  async call(key: string, command: Command, options: CallOptions = {}): Promise<Reply> {
    const { signal, action = "use", ...form } = options;
    try {
      return await this.persistently(async () => {
        const { connection } = await unlessAborted(this.shared(key), signal);
        return await unlessAborted(connection.call(command, form), signal);
      }, signal);
    } catch (error) {
      throw asServerError(error, action, this.config.location);
    }
  }

  /** Runs `attempt` again while what it failed with may pass; once, where no server was ever reached. */
  persistently<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const timeoutMs = this.#wasReached ? this.config.reconnectTimeoutMs : 0;
    return retrying(
      async () => {
        throwIfAborted(signal);
        return await attempt();
      },
      (error) => this.#mayPass(error),
      { timeoutMs, signal },
    );
  }

  /** The connection to the server that has `key` that all who do not block share. */
  async shared(key: string): Promise<IdentifiedConnection> {
    const { locator } = await this.#locate();
    const address = addressText(await this.#reach(() => locator.locate(key), locator));
    for (let known = this.#shared.get(address); known; known = this.#shared.get(address)) {
      const shared = await known;
      if (!shared.connection.isBroken) return shared;
      // Of all who find it broken, the first one opens another for all of them.
      this.#forget(address, known);
    }
    const opening = this.connect(key);
    this.#shared.set(address, opening);
    opening.catch(() => this.#forget(address, opening));
    return await opening;
  }

  /** Lets go of every shared connection; of one that is not open yet, once it is. */
  close(): void {
    this.#isClosed = true;
    for (const opening of this.#shared.values()) {
      opening.then(({ connection }) => connection.close(), () => {});
    }
    this.#shared.clear();
  }

  /** The error for a store that cannot be reached. */
  unreachable(cause: unknown): PapyraError {
    return unreachable(this.config.location, cause);
  }

  #forget(address: string, opening: Promise<IdentifiedConnection>): void {
    if (this.#shared.get(address) === opening) this.#shared.delete(address);
  }

  async #reach<T>(find: () => Promise<T>, locator: Locator): Promise<T> {
    try {
      return await find();
    } catch (error) {
      locator.forget();
      throw error;
    }
  }

  #locate() {
    this.#located ??= connectionSettings(this.config)
      .then((settings) => ({ settings, locator: locatorFor(this.config, settings) }));
    return this.#located;
  }

  #mayPass(error: unknown): boolean {
    // A server that was named takes no other one's place.
    const isMoved = isRedirection(error) && this.config.topology !== "standalone";
    if (isMoved) void this.#locate().then(({ locator }) => locator.forget());
    if (this.#isClosed) return false;
    return isMoved || isPassing(error) || !(error instanceof ServerRefusal);
  }
}
