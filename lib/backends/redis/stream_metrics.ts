/**
 * The counters of a store, in a hash beside its streams.
 *
 * @module
 */

import { emptySnapshot, type MetricsSnapshot } from "../../metrics/snapshot.ts";
import { snapshotFromObject } from "../../metrics/snapshot_document.ts";
import type { RedisServers } from "./redis_servers.ts";
import { asServerError, ConnectionLost } from "./server_error.ts";

/** The totals of all processes. */
export class StreamMetrics {
  readonly #servers: RedisServers;
  readonly #key: string;

  /** Reads nothing yet. */
  constructor(servers: RedisServers) {
    this.#servers = servers;
    this.#key = servers.config.keys.metrics;
  }

  /** The totals. */
  async load(): Promise<MetricsSnapshot> {
    const pairs = await this.#servers.call(this.#key, ["HGETALL", this.#key], {
      action: "read the counters of",
    }) as readonly string[];
    const counts: Record<string, number> = { ...emptySnapshot() };
    for (let index = 0; index < pairs.length; index += 2) {
      counts[pairs[index]!] = Number(pairs[index + 1]);
    }
    return snapshotFromObject(counts);
  }

  /** Adds to the totals; false where they surely were not added to. */
  async add(share: MetricsSnapshot): Promise<boolean> {
    const commands = Object.entries(share).filter(([, count]) => count !== 0)
      .map(([name, count]) => ["HINCRBY", this.#key, name, `${count}`]);
    let isSent = false;
    try {
      const { connection } = await this.#servers.shared(this.#key);
      isSent = true;
      await Promise.all(commands.map((command) => connection.call(command)));
      return true;
    } catch (error) {
      // What got lost on its way may have been counted: once too few is better than twice.
      return isSent && error instanceof ConnectionLost;
    }
  }

  /** Sets the totals to zero. */
  async reset(): Promise<void> {
    try {
      await this.#servers.call(this.#key, ["DEL", this.#key]);
    } catch (error) {
      throw asServerError(error, "reset the counters of", this.#servers.config.location);
    }
  }
}
