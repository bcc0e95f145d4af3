/**
 * SIGHUP as daemons take it: seal the active file, and go on.
 *
 * @module
 */

import type { PersistenceBackend } from "../backend/backend.ts";
import { messageOf, PapyraError } from "../errors.ts";
import type { RotationReport } from "../model/report.ts";
import type { Session } from "./session.ts";

/**
 * Runs `body`, and meanwhile seals the active file of `store` with each SIGHUP, telling so. A file that
 * cannot be sealed does not end `body`: records go on into it.
 */
export async function rotatingOnHangup(
  store: PersistenceBackend,
  session: Session,
  body: () => Promise<void>,
): Promise<void> {
  let rotations = Promise.resolve();
  let isOver = false;
  // Never taken back: a SIGHUP that comes late must not end the process while it closes the store.
  session.terminal.onHangup(() => {
    if (!isOver) rotations = rotations.then(() => rotate(store, session));
  });
  try {
    await body();
  } finally {
    isOver = true;
    await rotations;
  }
}

async function rotate(store: PersistenceBackend, { notes, signal }: Session): Promise<void> {
  try {
    await notes.note(`SIGHUP: ${rotationText(await store.rotate({ signal }))}`);
  } catch (error) {
    // A command that is stopped says so itself.
    if (error instanceof PapyraError && error.code === "ABORTED") return;
    await notes.error(`SIGHUP: ${messageOf(error)}`);
  }
}

function rotationText({ segment }: RotationReport): string {
  if (segment === null) return "nothing to seal, the active file holds no numbered record";
  return `sealed ${segment.path} with records ${segment.firstSeq} to ${segment.lastSeq}`;
}
