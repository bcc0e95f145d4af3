/**
 * One maintenance run at a time: a key that expires unless its holder renews it.
 *
 * @module
 */

import { clearInterval, setInterval } from "node:timers";
import { PapyraError } from "../../../errors.ts";
import { pollUntil } from "../../../storage/polling.ts";
import type { RedisServers } from "../servers/redis_servers.ts";

const LEASE_MS = 30_000;
const RENEWAL_MS = 5_000;

/** How to wait for another run. */
export interface LeaseOptions {
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

/** The right to change a store by maintenance. */
export interface MaintenanceLease {
  /** Throws BUSY where it was lost: its holder was away for so long that another run may have begun. */
  assertHeld(): Promise<void>;
}

/** Runs `body` while nobody else maintains the store. Throws BUSY where somebody does for too long. */
export async function withLease<T>(
  servers: RedisServers,
  { waitMs = 0, signal }: LeaseOptions,
  body: (lease: MaintenanceLease) => Promise<T>,
): Promise<T> {
  const key = servers.config.keys.maintenance;
  const token = crypto.randomUUID();
  const isTaken = async () =>
    await servers.call(key, ["SET", key, token, "NX", "PX", `${LEASE_MS}`]) === "OK" ||
    await servers.call(key, ["GET", key]) === token;
  if (!await pollUntil(isTaken, { timeoutMs: waitMs, signal })) throw busy(servers);
  const renew = async () => {
    if (await servers.call(key, ["GET", key]) !== token) return false;
    await servers.call(key, ["PEXPIRE", key, `${LEASE_MS}`]);
    return true;
  };
  const timer = setInterval(() => void renew().catch(() => {}), RENEWAL_MS);
  timer.unref();
  try {
    return await body({
      async assertHeld() {
        if (!await renew()) throw busy(servers);
      },
    });
  } finally {
    clearInterval(timer);
    await release(servers, key, token);
  }
}

async function release(servers: RedisServers, key: string, token: string): Promise<void> {
  try {
    if (await servers.call(key, ["GET", key]) === token) await servers.call(key, ["DEL", key]);
  } catch {
    // It expires by itself.
  }
}

function busy({ config: { location, keys } }: RedisServers): PapyraError {
  return new PapyraError(
    "BUSY",
    `Cannot maintain ${location}: another run has it (key "${keys.maintenance}"); ` +
      "wait for it to end, see --wait (waitMs)",
  );
}
