/**
 * One connection to one server, from its opening to its end. It never reconnects: who goes on after
 * it broke has to know that it did.
 *
 * @module
 */

import { type Client, type ClientLibrary, loadClient } from "./_client.ts";
import type { Command, Reply } from "./command.ts";
import { withDeadline } from "./deadline.ts";
import { addressText, type RedisAddress } from "../config/redis_url.ts";
import { ConnectionLost, ServerRefusal } from "./server_error.ts";
import { probeTls } from "./tls_probe.ts";

/** What a connection needs to know. */
export interface ConnectionSettings {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** PEM texts; null without TLS. */
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly serverName?: string;
  } | null;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
}

/** How a command is sent. */
export interface SendOptions {
  /** Give texts of the answer as bytes. @default {false} */
  readonly asBytes?: boolean;
}

/** A connection. */
export class Connection {
  /** Where it leads. */
  readonly address: RedisAddress;
  readonly #client: Client;
  readonly #library: ClientLibrary;
  readonly #commandTimeoutMs: number;
  #lost: ConnectionLost | undefined;

  private constructor(
    address: RedisAddress,
    library: ClientLibrary,
    { username, password, database, tls, ...limits }: ConnectionSettings,
  ) {
    this.address = address;
    this.#library = library;
    this.#commandTimeoutMs = limits.commandTimeoutMs;
    this.#client = library.createClient({
      RESP: 2,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      database,
      disableOfflineQueue: true,
      disableClientInfo: true,
      // The client's own would make a timer for each command.
      commandOptions: { timeout: 0 },
      socket: {
        ...address,
        connectTimeout: limits.connectTimeoutMs,
        reconnectStrategy: false,
        ...(tls === null ? {} : tlsOptions(tls, address)),
      },
    });
    this.#client.on("error", (error) => this.#end(error));
  }

  /** Connects and logs in, within the time that the settings give. */
  static async open(address: RedisAddress, settings: ConnectionSettings): Promise<Connection> {
    const { connectTimeoutMs, tls } = settings;
    if (tls !== null) await tryTls(address, tls, connectTimeoutMs);
    const connection = new Connection(address, await loadClient(), settings);
    const onExpired = () =>
      connection.#end(new Error(`it did not answer within ${connectTimeoutMs} ms`));
    try {
      await withDeadline(connection.#connect(), connectTimeoutMs, onExpired);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Whether it can be used no more. */
  get isBroken(): boolean {
    return this.#lost !== undefined;
  }

  /**
   * Sends a command behind those that were sent before; no deadline watches over it. Throws
   * ServerRefusal where the server says no, ConnectionLost where it cannot be told what it did.
   */
  async send(command: Command, options: SendOptions = {}): Promise<Reply> {
    if (this.#lost !== undefined) throw this.#lost;
    try {
      const form = options.asBytes ? this.#library.asBytes : undefined;
      return await this.#client.sendCommand(command, form) as Reply;
    } catch (error) {
      throw this.#asFailure(error);
    }
  }

  /**
   * Sends a command as {@linkcode Connection.send} does, with next to nothing around it: what it
   * rejects with has to be asked about.
   */
  post(command: Command): Promise<Reply> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    return this.#client.sendCommand(command) as Promise<Reply>;
  }

  /** What a posted command failed with: ServerRefusal or ConnectionLost. */
  failureOf(error: unknown): unknown {
    return error === this.#lost ? error : this.#asFailure(error);
  }

  /** Sends a command and waits for its answer, no longer than a command may take. */
  call(command: Command, options: SendOptions = {}): Promise<Reply> {
    return this.within(this.#commandTimeoutMs, this.send(command, options));
  }

  /** Sends commands that are done together or not at all; their answers. */
  async transaction(commands: readonly Command[]): Promise<readonly Reply[]> {
    const sent = [["MULTI"], ...commands, ["EXEC"]].map((command) => this.send(command));
    // A refused part makes the whole refused, and EXEC says so.
    await this.within(this.#commandTimeoutMs, Promise.allSettled(sent));
    const replies = await sent.at(-1)!;
    if (replies === null) throw new ServerRefusal("EXECABORT a watched key was changed");
    return replies as readonly Reply[];
  }

  /** Waits for answers; where they take longer, the connection is given up, and they are lost. */
  within<T>(timeoutMs: number, answers: Promise<T>): Promise<T> {
    const onExpired = () => this.#end(new Error(`it did not answer within ${timeoutMs} ms`));
    return withDeadline(answers, timeoutMs, onExpired);
  }

  /** Lets go of it. What is on its way is lost. */
  close(): void {
    this.#end(new Error("it was closed"));
  }

  async #connect(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      // A server that lets nobody in says why, and the client takes that for a break.
      const cause = this.#lost?.cause ?? error;
      if (this.#library.isErrorAnswer(cause)) throw new ServerRefusal(cause.message);
      throw this.#lost ?? this.#asFailure(error);
    }
  }

  #asFailure(error: unknown): unknown {
    if (this.#library.isErrorAnswer(error)) return new ServerRefusal(error.message);
    this.#end(error);
    return this.#lost;
  }

  // The client rejects what is on its way once it is destroyed, and needs to be told of every break.
  #end(cause: unknown): void {
    if (this.#lost !== undefined) return;
    this.#lost = lost(this.address, cause);
    this.#client.destroy();
  }
}

async function tryTls(
  address: RedisAddress,
  tls: NonNullable<ConnectionSettings["tls"]>,
  timeoutMs: number,
): Promise<void> {
  try {
    const { tls: _, ...options } = tlsOptions(tls, address);
    await probeTls({ ...address, ...options }, timeoutMs);
  } catch (cause) {
    throw lost(address, cause);
  }
}

function lost(address: RedisAddress, cause: unknown): ConnectionLost {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ConnectionLost(`the connection to ${addressText(address)} failed: ${why}`, { cause });
}

function tlsOptions(
  { serverName, ...pem }: NonNullable<ConnectionSettings["tls"]>,
  { host }: RedisAddress,
) {
  // The name of a server is no number: that is checked against the certificate's addresses.
  const isNumber = /^[\d.]+$|:/.test(host);
  const servername = serverName ?? (isNumber ? undefined : host);
  return { tls: true as const, ...pem, ...(servername === undefined ? {} : { servername }) };
}
