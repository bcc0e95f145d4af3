/**
 * Stores on the servers of a test file, each apart from the others.
 *
 * @module
 */

import type { PersistenceOptions } from "../../lib/backend/persistence_base.ts";
import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import type { ConformanceSetup } from "../../lib/testing/stage.ts";
import type { Servers } from "./servers.ts";

let made = 0;

/** The URL of a store that was never written. */
export function freshUrl({ url, query }: Servers): string {
  return `${url}?${query}${query && "&"}system_id=s${++made}`;
}

/** Gives each case of the conformance suite stores of its own. */
export function redisSetup(servers: { readonly current: Servers }): () => ConformanceSetup {
  return () => {
    const urls = new Map<unknown, string>();
    const openAt = (url: string, options: PersistenceOptions | undefined) => {
      const store = new RedisStreamsPersistence(url, options);
      urls.set(store, url);
      return Promise.resolve(store);
    };
    return {
      open: (options) => {
        try {
          return openAt(freshUrl(servers.current), options);
        } catch (error) {
          return Promise.reject(error);
        }
      },
      reopen: (store, options) => openAt(urls.get(store)!, options),
      dispose: () => Promise.resolve(),
    };
  };
}

/** The key of a stream of the store at `url`. */
export function keyOf(url: string, stream: string): string {
  const parameters = new URLSearchParams(url.slice(url.indexOf("?")));
  const base = `papyra:${parameters.get("system_id")}`;
  return `${parameters.has("hash_tag") ? `{${base}}` : base}:${stream}`;
}

/** The code that something fails with. */
export async function codeOf(failing: Promise<unknown>): Promise<string> {
  try {
    await failing;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  throw new Error("It did not fail");
}
