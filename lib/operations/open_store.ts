/**
 * Opening a store by its URL, with a look at its state first.
 *
 * @module
 */

import type { PersistenceBackend, StartupOptions } from "../backend/backend.ts";
import { type BackendOptions, openBackend } from "../backends/registry.ts";
import { traced } from "../telemetry/traced.ts";
import { checkStartup, startupError } from "./startup.ts";

/** What to open and how. */
export interface OpenStoreOptions extends BackendOptions {
  /** Where the store is: `file:PATH`, a plain path, or `memory:`. */
  readonly url: string;
  /** What to do about the store's state. @default {{ mode: "ignore" }} */
  readonly startup?: StartupOptions;
}

/**
 * Opens a store.
 *
 * Throws INVALID_ARGUMENT for a URL that names no backend, ANOMALIES_FOUND or ANOMALIES_REMAIN where
 * the startup mode refuses the store's state, TIMED_OUT where looking took too long.
 *
 * @example
 * ```ts
 * import { openStore } from "@papyra/papyra";
 *
 * await using store = await openStore("memory:");
 * await store.recordEvent({ eventType: "ActorStarted", actorAddress: "local://1" });
 * for await (const event of store.events({ limit: 10 })) console.log(event.eventType);
 * ```
 */
export async function openStore(
  urlOrOptions: string | OpenStoreOptions,
): Promise<PersistenceBackend> {
  const { url, startup, ...options } = typeof urlOrOptions === "string"
    ? { url: urlOrOptions }
    : urlOrOptions;
  const facts = { mode: startup?.mode ?? "ignore" };
  const open = () => openChecked(url, options, startup);
  return await traced("papyra.open", facts, open, ({ name }) => ({ backend: name }));
}

async function openChecked(
  url: string,
  options: BackendOptions,
  startup: StartupOptions | undefined,
): Promise<PersistenceBackend> {
  const store = await openBackend(url, options);
  try {
    const report = await checkStartup(store, startup);
    if (!report.isReady) throw startupError(store, report);
    return store;
  } catch (error) {
    // Why the store was refused counts, not how letting go of it went.
    await store.close().catch(() => {});
    throw error;
  }
}
