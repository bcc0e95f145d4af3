/**
 * Store URLs and the backends that serve them: the only place that names concrete classes.
 *
 * @module
 */

import type { PersistenceBackend } from "../backend/backend.ts";
import type { PersistenceOptions } from "../backend/persistence_base.ts";
import { PapyraError } from "../errors.ts";
import type { Durability } from "../model/mode.ts";
import type { FileSystem } from "../storage/file_system.ts";
import { JsonFilePersistence } from "./file/json_file_persistence.ts";
import { InMemoryPersistence } from "./memory/in_memory_persistence.ts";

/** Options of all backends; each takes those that concern it. */
export interface BackendOptions extends PersistenceOptions {
  /** When a record counts as written. @default {"always"} */
  readonly durability?: Durability;
  /** Bytes that may wait to be written before callers are made to wait. @default {64 MiB} */
  readonly queueBytesMax?: number;
  /** The file system to use. @default {the machine's} */
  readonly fileSystem?: FileSystem;
}

type BackendFactory = (rest: string, options: BackendOptions) => PersistenceBackend;

const FACTORIES: { readonly [scheme: string]: BackendFactory } = {
  "file": (rest, options) => new JsonFilePersistence(pathOf(rest), options),
  "memory": (_rest, options) => new InMemoryPersistence(options),
};

/** Opens the backend that serves `url`. Throws INVALID_ARGUMENT where there is none. */
export function openBackend(url: string, options: BackendOptions = {}): PersistenceBackend {
  const [, scheme, rest] = /^([a-z][a-z0-9+]+):(.*)$/is.exec(url) ?? [null, "file", url];
  const factory = FACTORIES[scheme!.toLowerCase()];
  if (factory === undefined) {
    throw new PapyraError(
      "INVALID_ARGUMENT",
      `Unknown store "${scheme}:…": use ${Object.keys(FACTORIES).map((s) => `${s}:`).join(", ")}`,
    );
  }
  return factory(rest!, options);
}

// file:PATH takes any path as it stands; file:///PATH is a URL, with its percent signs decoded.
function pathOf(rest: string): string {
  if (!rest.startsWith("//")) return rest;
  try {
    return decodeURIComponent(new URL(`file:${rest}`).pathname);
  } catch (cause) {
    throw new PapyraError("INVALID_ARGUMENT", `Cannot read store URL "file:${rest}"`, { cause });
  }
}
