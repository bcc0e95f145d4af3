/**
 * Questions to one server. What this user may not ask is null, and what breaks is thrown.
 *
 * @module
 */

import type { Command, Reply } from "../servers/command.ts";
import { addressText } from "../config/redis_url.ts";
import type { RedisConfig } from "../config/redis_config.ts";
import type { IdentifiedConnection } from "../servers/redis_servers.ts";
import { ServerRefusal } from "../servers/server_error.ts";

/** One server, and what is known of it. */
export class Inquiry {
  /** What the store is configured to be. */
  readonly config: RedisConfig;
  /** Host and port. */
  readonly address: string;
  /** The server's version. */
  readonly version: string;
  readonly #to: IdentifiedConnection;
  readonly #sections = new Map<string, Promise<ReadonlyMap<string, string> | null>>();

  /** Asks nothing yet. */
  constructor(config: RedisConfig, to: IdentifiedConnection) {
    this.config = config;
    this.address = addressText(to.connection.address);
    this.version = to.server.version;
    this.#to = to;
  }

  /** A part of what `INFO` tells, by name. */
  info(section: string): Promise<ReadonlyMap<string, string> | null> {
    const known = this.#sections.get(section) ?? this.#ask(["INFO", section]).then(asFields);
    this.#sections.set(section, known);
    return known;
  }

  /** A setting of the server. */
  async setting(name: string): Promise<string | null> {
    const pair = await this.#ask(["CONFIG", "GET", name]) as readonly string[] | null;
    return pair?.[1] ?? null;
  }

  /** The user of this connection. */
  async user(): Promise<string | null> {
    return await this.#ask(["ACL", "WHOAMI"]) as string | null;
  }

  /** The role of the server. */
  get role(): string {
    return this.#to.server.role;
  }

  async #ask(command: Command): Promise<Reply> {
    try {
      return await this.#to.connection.call(command);
    } catch (error) {
      if (error instanceof ServerRefusal && ["NOPERM", "ERR"].includes(error.word)) return null;
      throw error;
    }
  }
}

function asFields(text: Reply): ReadonlyMap<string, string> | null {
  if (typeof text !== "string") return null;
  return new Map(
    [...text.matchAll(/^([^#\s:][^:\r\n]*):([^\r\n]*)/gm)].map((
      [, name, value],
    ) => [name!, value!]),
  );
}
