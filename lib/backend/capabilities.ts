/**
 * Asking a backend what it can do.
 *
 * @module
 */

import type { BackendCapabilities, PersistenceBackend } from "./backend.ts";

/**
 * What `backend` can do.
 *
 * @example
 * ```ts
 * import { backendCapabilities, InMemoryPersistence } from "@papyra/papyra";
 *
 * await using store = new InMemoryPersistence();
 * console.log(backendCapabilities(store).compact); // true
 * ```
 */
export function backendCapabilities(backend: PersistenceBackend): BackendCapabilities {
  return backend.backendCapabilities();
}
