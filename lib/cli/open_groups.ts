/**
 * The store of a command that works on consumer groups.
 *
 * @module
 */

import { asGroupBackend, type GroupBackend } from "../backend/group_backend.ts";
import { type OpenFlags, openStoreOf } from "./open_store.ts";
import type { Session } from "./session.ts";

/** Opens it. Throws UNSUPPORTED where it is none on Redis. */
export async function openGroupsOf(
  { path, store, config, requireStore }: Omit<OpenFlags, "kind">,
  session: Session,
): Promise<GroupBackend> {
  // A kind names the stream here, and puts no limits on it.
  const opened = await openStoreOf({ path, store, config, requireStore }, session, "silent");
  try {
    return asGroupBackend(opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}
