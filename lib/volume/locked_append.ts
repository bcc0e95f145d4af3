/**
 * Appending as a store does: whole batches, under the lock of the file itself.
 *
 * @module
 */

import type { OpenFile } from "../storage/file_system.ts";
import { pollUntil } from "../storage/polling.ts";
import { appendAll } from "../storage/whole_file.ts";

/** How long a writer leaves the lock to others after each batch. */
export const TURN_MS = 1;

/** Appends to a file that several processes append to. */
export async function appendLocked(
  file: OpenFile,
  bytes: Uint8Array,
  { isSynced, signal }: { readonly isSynced: boolean; readonly signal?: AbortSignal },
): Promise<void> {
  await pollUntil(() => file.tryLock("exclusive"), { signal });
  try {
    appendAll(file, bytes);
    if (isSynced) await file.syncData();
  } finally {
    file.unlock();
  }
}
