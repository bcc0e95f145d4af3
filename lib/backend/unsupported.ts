/**
 * What some backends cannot do: UNSUPPORTED.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import type { PersistenceBackend, RecordFilter } from "./backend.ts";

type Named = Pick<PersistenceBackend, "name" | "location">;

/** The error of a backend that never seals a file. */
export function cannotRotate({ location, name }: Named): PapyraError {
  return unsupported(`Cannot rotate ${location}: ${name} never seals a file`);
}

/** The error of a backend that cannot be followed. */
export function cannotFollow({ location, name }: Named): PapyraError {
  return unsupported(`Cannot follow ${location}: ${name} does not tell what comes; read it`);
}

/** Throws where records are asked for by numbers that they do not have. */
export function assertNumbered(store: PersistenceBackend, { afterSeq }: RecordFilter): void {
  if (afterSeq === undefined || store.backendCapabilities().sequenced) return;
  throw unsupported(
    `Cannot read after number ${afterSeq}: ${store.name} gives records no numbers, use since`,
  );
}

function unsupported(message: string): PapyraError {
  return new PapyraError("UNSUPPORTED", message);
}
