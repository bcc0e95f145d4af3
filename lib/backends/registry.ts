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
import { NEVER_BY_ITSELF } from "../storage/appending/segment_limits.ts";
import { isRotated } from "./file/is_rotated.ts";
import { JsonFilePersistence } from "./file/json_file_persistence.ts";
import { RotatingFilePersistence, type RotationOptions } from "./file/rotating_file_persistence.ts";
import { InMemoryPersistence } from "./memory/in_memory_persistence.ts";
import type { RedisConnectionOptions } from "./redis/config/redis_config.ts";
import { REDIS_SCHEMES } from "./redis/config/redis_url.ts";

export type { RotationOptions } from "./file/rotating_file_persistence.ts";

/** Options of all backends; each takes those that concern it. */
export interface BackendOptions extends PersistenceOptions {
  /** When a record counts as written. @default {"always"} */
  readonly durability?: Durability;
  /** Bytes that may wait to be written before callers are made to wait. @default {64 MiB} */
  readonly queueBytesMax?: number;
  /**
   * When the active file of a store of files is sealed; `{}` stands for the defaults. Left out, it never
   * is, and segments that are there are read all the same.
   */
  readonly rotation?: RotationOptions;
  /** How to reach a server, and who to be there, beside what the URL says. */
  readonly redis?: RedisConnectionOptions;
  /** The file system to use. @default {the machine's} */
  readonly fileSystem?: FileSystem;
}

type BackendFactory = (
  rest: string,
  options: BackendOptions,
  url: string,
) => PersistenceBackend | Promise<PersistenceBackend>;

const FACTORIES: ReadonlyMap<string, BackendFactory> = new Map<string, BackendFactory>([
  ["file", (rest, options) => openFiles(pathOf(rest), options)],
  ["memory", (_rest, options) => new InMemoryPersistence(options)],
  ...REDIS_SCHEMES.map((scheme): [string, BackendFactory] => [scheme, openRedis]),
]);

/** Opens the backend that serves `url`. Throws INVALID_ARGUMENT where there is none. */
export async function openBackend(
  url: string,
  options: BackendOptions = {},
): Promise<PersistenceBackend> {
  const [, scheme, rest] = /^([a-z][a-z0-9+]+):(.*)$/is.exec(url) ?? [null, "file", url];
  const factory = FACTORIES.get(scheme!.toLowerCase());
  if (factory === undefined) {
    throw new PapyraError(
      "INVALID_ARGUMENT",
      `Unknown store "${scheme}:…": use ${[...FACTORIES.keys()].map((s) => `${s}:`).join(", ")}`,
    );
  }
  return await factory(rest!, options, url);
}

// Of use to nobody who opens files, who would wait for it with every command.
async function openRedis(
  _rest: string,
  { redis, durability: _, rotation: _files, ...options }: BackendOptions,
  url: string,
): Promise<PersistenceBackend> {
  const { RedisStreamsPersistence } = await import("./redis/redis_streams_persistence.ts");
  return new RedisStreamsPersistence(url, { ...redis, ...options });
}

// What is on the disk says what it is; only new segments have to be asked for.
async function openFiles(
  path: string,
  { rotation, ...options }: BackendOptions,
): Promise<PersistenceBackend> {
  if (rotation !== undefined) return new RotatingFilePersistence(path, { ...options, ...rotation });
  return await isRotated(path, options.fileSystem)
    ? new RotatingFilePersistence(path, { ...options, ...NEVER_BY_ITSELF })
    : new JsonFilePersistence(path, options);
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
