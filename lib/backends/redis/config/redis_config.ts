/**
 * Options of a store on Redis, and what follows from them and its URL.
 *
 * @module
 */

import type { PersistenceOptions } from "../../../backend/persistence_base.ts";
import { PapyraError } from "../../../errors.ts";
import type { FileSystem } from "../../../storage/file_system.ts";
import {
  addressText,
  parseRedisUrl,
  type RedisAddress,
  type RedisTopology,
  type RedisUrlParameters,
} from "./redis_url.ts";
import { type StoreName, type StreamKeys, streamKeys } from "./stream_keys.ts";

/** What TLS is to go by, as PEM text. */
export interface RedisTlsOptions {
  /** Certificates of the authorities that are trusted, in place of the system's. */
  readonly ca?: string;
  /** The certificate that this client shows. */
  readonly cert?: string;
  /** Its private key. */
  readonly key?: string;
  /** The name that the server's certificate must have. @default {the host's} */
  readonly serverName?: string;
}

/** How to reach a server, who to be there, and how long to wait. */
export interface RedisConnectionOptions {
  /** The ACL user. @default {the URL's} */
  readonly username?: string;
  /** The password. @default {the URL's} */
  readonly password?: string;
  /** For `rediss:`; files that the URL names take the place of what is left out. */
  readonly tls?: RedisTlsOptions;
  /** How long connecting may take, milliseconds. @default {5000} */
  readonly connectTimeoutMs?: number;
  /** How long a command may take, milliseconds. @default {10000} */
  readonly commandTimeoutMs?: number;
  /** How long to try to get a lost server back, milliseconds. @default {30000} */
  readonly reconnectTimeoutMs?: number;
}

/** Options of a store on Redis. What the URL says too, it says in place of the option. */
export interface RedisStreamsOptions extends PersistenceOptions, RedisConnectionOptions {
  /** What all keys begin with. @default {"papyra"} */
  readonly prefix?: string;
  /** The system whose records the store holds; part of the keys. @default {"local"} */
  readonly systemId?: string;
  /** Whether all keys share one slot of a Cluster. The original's keys do not. @default {false} */
  readonly hashTag?: boolean;
  /** How many replicas must have a record before it counts as written. @default {0} */
  readonly minReplicas?: number;
  /** How long to wait for the replicas, milliseconds. @default {1000} */
  readonly replicaTimeoutMs?: number;
  /** Bytes that may wait to be written before callers are made to wait. @default {64 MiB} */
  readonly queueBytesMax?: number;
  /** Where the files are that the URL names. @default {the machine's file system} */
  readonly fileSystem?: FileSystem;
}

/** Where and how to connect, complete and checked. */
export interface RedisConfig {
  readonly topology: RedisTopology;
  readonly addresses: readonly RedisAddress[];
  readonly masterName: string;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Null without TLS. */
  readonly tls:
    | (RedisTlsOptions & Pick<RedisUrlParameters, "caFile" | "certFile" | "keyFile">)
    | null;
  readonly fileSystem: FileSystem | undefined;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly reconnectTimeoutMs: number;
  readonly minReplicas: number;
  readonly replicaTimeoutMs: number;
  readonly queueBytesMax: number;
  readonly keys: StreamKeys;
  /** The store's URL, never with a password. */
  readonly location: string;
}

const DEFAULTS = {
  prefix: "papyra",
  systemId: "local",
  hashTag: false,
  minReplicas: 0,
  replicaTimeoutMs: 1000,
  connectTimeoutMs: 5000,
  commandTimeoutMs: 10_000,
  reconnectTimeoutMs: 30_000,
  queueBytesMax: 64 * 1024 * 1024,
};

/** Puts together what holds for a store. Throws INVALID_ARGUMENT. */
export function redisConfig(url: string, options: RedisStreamsOptions = {}): RedisConfig {
  const { parameters, isTls, ...place } = parseRedisUrl(url);
  const chosen = { ...DEFAULTS, ...given(options), ...given(parameters) };
  const name = { prefix: chosen.prefix, systemId: chosen.systemId, hashTag: chosen.hashTag };
  checkName(name);
  checkNumbers(chosen);
  const { caFile, certFile, keyFile, serverName } = parameters;
  const files = given({ caFile, certFile, keyFile, serverName });
  if (!isTls && (options.tls !== undefined || Object.keys(files).length > 0)) {
    throw unusable("certificates go with rediss://, this URL is without TLS");
  }
  return {
    ...place,
    username: place.username ?? options.username,
    password: place.password ?? options.password,
    tls: isTls ? { ...options.tls, ...files } : null,
    fileSystem: options.fileSystem,
    connectTimeoutMs: chosen.connectTimeoutMs,
    commandTimeoutMs: chosen.commandTimeoutMs,
    reconnectTimeoutMs: chosen.reconnectTimeoutMs,
    minReplicas: chosen.minReplicas,
    replicaTimeoutMs: chosen.replicaTimeoutMs,
    queueBytesMax: chosen.queueBytesMax,
    keys: streamKeys(name),
    location: locationOf(url, place, name, parameters),
  };
}

function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function locationOf(
  url: string,
  place: Pick<RedisConfig, "addresses" | "masterName" | "database">,
  { prefix, systemId, hashTag }: StoreName,
  { caFile, certFile, keyFile, serverName }: RedisUrlParameters,
): string {
  const scheme = url.slice(0, url.indexOf(":")).toLowerCase();
  const hosts = place.addresses.map(addressText).join(",");
  const master = place.masterName === "" ? "" : `/${encodeURIComponent(place.masterName)}`;
  const query = new URLSearchParams({ prefix, system_id: systemId });
  if (hashTag) query.set("hash_tag", "true");
  const files = given({ ca: caFile, cert: certFile, key: keyFile, server_name: serverName });
  for (const [name, value] of Object.entries(files)) query.set(name, value);
  return `${scheme}://${hosts}${master}/${place.database}?${query}`;
}

function checkName({ prefix, systemId, hashTag }: StoreName): void {
  if (prefix === "" || systemId === "") throw unusable("prefix and system_id must not be empty");
  if (hashTag && /[{}]/.test(prefix + systemId)) {
    throw unusable("hash_tag goes with a prefix and a system_id without braces");
  }
}

function checkNumbers(numbers: { readonly [name: string]: unknown }): void {
  for (const [name, fallback] of Object.entries(DEFAULTS)) {
    if (typeof fallback !== "number") continue;
    const value = numbers[name];
    const least = name === "minReplicas" ? 0 : 1;
    if (Number.isSafeInteger(value) && (value as number) >= least) continue;
    throw unusable(`${name} must be a whole number from ${least} up, not ${String(value)}`);
  }
}

function unusable(why: string): PapyraError {
  return new PapyraError("INVALID_ARGUMENT", `Cannot use the Redis store: ${why}`);
}
