/**
 * Finds the server that a key has to be written to and read from.
 *
 * The client library's own Sentinel and Cluster clients send commands again by themselves when a
 * connection breaks, which may write a record twice; here nothing is sent but what a caller sends.
 *
 * @module
 */

import type { Reply } from "./command.ts";
import { Connection, type ConnectionSettings } from "./connection.ts";
import { keySlot } from "./key_slot.ts";
import { type RedisAddress } from "../config/redis_url.ts";
import type { RedisConfig } from "../config/redis_config.ts";
import { ConnectionLost } from "./server_error.ts";

/** Knows, or finds out, which server has a key. */
export interface Locator {
  /** Where the server is. Throws what asking for it failed with. */
  locate(key: string): Promise<RedisAddress>;
  /** What was found out holds no more. */
  forget(): void;
}

/** The locator for a store. */
export function locatorFor(config: RedisConfig, settings: ConnectionSettings): Locator {
  const seeds = new Seeds(config.addresses, settings);
  switch (config.topology) {
    case "standalone":
      return new FixedLocator(config.addresses[0]!);
    case "sentinel":
      return new SentinelLocator(seeds, config.masterName);
    case "cluster":
      return new ClusterLocator(seeds);
  }
}

class FixedLocator implements Locator {
  readonly #address: RedisAddress;

  constructor(address: RedisAddress) {
    this.#address = address;
  }

  locate(): Promise<RedisAddress> {
    return Promise.resolve(this.#address);
  }

  forget(): void {}
}

class SentinelLocator implements Locator {
  readonly #seeds: Seeds;
  readonly #masterName: string;
  #master: Promise<RedisAddress> | undefined;

  constructor(seeds: Seeds, masterName: string) {
    this.#seeds = seeds;
    this.#masterName = masterName;
  }

  locate(): Promise<RedisAddress> {
    this.#master ??= this.#ask();
    return this.#master;
  }

  forget(): void {
    this.#master = undefined;
  }

  async #ask(): Promise<RedisAddress> {
    const name = this.#masterName;
    return await this.#seeds.ask(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name], (reply) => {
      if (reply === null) throw new ConnectionLost(`the Sentinels know no master "${name}"`);
      const [host, port] = reply as [string, string];
      return { host, port: Number(port) };
    });
  }
}

interface SlotRange {
  readonly first: number;
  readonly last: number;
  readonly master: RedisAddress;
}

class ClusterLocator implements Locator {
  readonly #seeds: Seeds;
  #slots: Promise<readonly SlotRange[]> | undefined;

  constructor(seeds: Seeds) {
    this.#seeds = seeds;
  }

  async locate(key: string): Promise<RedisAddress> {
    this.#slots ??= this.#seeds.ask(["CLUSTER", "SLOTS"], slotRanges);
    const slot = keySlot(key);
    const range = (await this.#slots).find(({ first, last }) => first <= slot && slot <= last);
    if (range === undefined) {
      this.forget();
      throw new ConnectionLost(`no node of the Cluster serves slot ${slot}`);
    }
    return range.master;
  }

  forget(): void {
    this.#slots = undefined;
  }
}

function slotRanges(reply: Reply, from: RedisAddress): SlotRange[] {
  const ranges = reply as readonly (readonly [number, number, readonly [string | null, number]])[];
  return ranges.map(([first, last, [host, port]]) => ({
    first,
    last,
    // A node that does not know its own name means the one that was asked.
    master: { host: host || from.host, port },
  }));
}

/** Servers that know about the others; the one that answered last is asked first. */
class Seeds {
  #addresses: readonly RedisAddress[];
  readonly #settings: ConnectionSettings;

  constructor(addresses: readonly RedisAddress[], settings: ConnectionSettings) {
    this.#addresses = addresses;
    this.#settings = { ...settings, database: 0 };
  }

  async ask<T>(
    question: readonly string[],
    read: (reply: Reply, from: RedisAddress) => T,
  ): Promise<T> {
    let failure: unknown;
    for (const address of this.#addresses) {
      try {
        const answer = read(await this.#askOne(address, question), address);
        this.#addresses = [address, ...this.#addresses.filter((other) => other !== address)];
        return answer;
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  }

  async #askOne(address: RedisAddress, question: readonly string[]): Promise<Reply> {
    const connection = await Connection.open(address, this.#settings);
    try {
      return await connection.call(question);
    } finally {
      connection.close();
    }
  }
}
