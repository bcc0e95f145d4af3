/**
 * The store that a command is asked to work on.
 *
 * @module
 */

import type { PersistenceBackend } from "../backend/backend.ts";
import { PapyraError, unlessAborted } from "../errors.ts";
import type { ScanReport, StoreDescription } from "../model/report.ts";
import type { Session } from "./session.ts";
import { loadSettings, type SettingFlags } from "./settings.ts";

/** The flags that opening a store follows. */
export interface OpenFlags extends SettingFlags {
  readonly requireStore: boolean;
}

/** What a command does where there is no store: say so, wait, or nothing, because it makes or scans it. */
export type MissingStorePolicy = "note" | "wait" | "silent";

/** Opens the store of a command. Throws NO_SUCH_STORE where one is required. */
export async function openStoreOf(
  flags: OpenFlags,
  session: Session,
  whenMissing: MissingStorePolicy = "note",
): Promise<PersistenceBackend> {
  const store = await openUnseenStoreOf(flags, session);
  try {
    const { exists } = await lookAt(store, session);
    if (!exists && flags.requireStore) {
      throw new PapyraError(
        "NO_SUCH_STORE",
        `There is no store at ${store.location}: check the path, or record something first`,
      );
    }
    if (!exists && whenMissing === "note") await noteMissing(session, store.location);
    if (!exists && whenMissing === "wait") {
      await session.notes.note(`there is no store at ${store.location} yet: waiting for it`);
    }
    return store;
  } catch (error) {
    await letGo(store, session);
    throw error;
  }
}

/** Opens the store of a command without a look at it, which may be more than a user is allowed. */
export async function openUnseenStoreOf(
  flags: SettingFlags,
  session: Session,
): Promise<PersistenceBackend> {
  const { url, ...settings } = await loadSettings(flags, session.terminal.env);
  // The engines are most of the program, and help must not wait for them.
  const { openStore } = await import("../operations/open_store.ts");
  return await openStore({ url, ...settings });
}

// A server may take its time to answer, or for ever. A command that was stopped before tells it itself.
function lookAt(store: PersistenceBackend, { signal }: Session): Promise<StoreDescription> {
  const looking = store.describe();
  return signal.aborted ? looking : unlessAborted(looking, signal);
}

/** Closes a store that was only looked at; a command that was stopped waits for no server to answer first. */
export async function letGo(store: PersistenceBackend, { signal }: Session): Promise<void> {
  const closing = store.close();
  // The answer that is still awaited fails then, which nobody is interested in any more.
  if (signal.aborted) closing.catch(() => {});
  else await closing;
}

/** Says that a scan found no store, where the scan itself does not find fault with that. */
export async function noteMissingStore(session: Session, scan: ScanReport): Promise<void> {
  if (!scan.exists && scan.anomaliesTotal === 0) await noteMissing(session, scan.store);
}

function noteMissing({ notes }: Session, location: string): Promise<void> {
  return notes.note(`there is no store at ${location}, which counts as an empty one`);
}
