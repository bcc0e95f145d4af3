/**
 * What maintenance of a store takes.
 *
 * @module
 */

import type { RedisServers } from "../servers/redis_servers.ts";

/** The store that is maintained, and the clock to go by. */
export interface MaintenanceContext {
  readonly servers: RedisServers;
  /** Name of the backend's class. */
  readonly backend: string;
  /** The clock, in Unix seconds. */
  readonly now: () => number;
}
