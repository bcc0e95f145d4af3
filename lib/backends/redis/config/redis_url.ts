/**
 * URLs of stores on Redis.
 *
 * | URL | what it names |
 * | --- | --- |
 * | `redis://[user[:password]@]host[:port][/database][?…]` | one server; `rediss://` with TLS |
 * | `redis+sentinel://host[:port],…/master[/database][?…]` | the master that Sentinels know |
 * | `redis+cluster://host[:port],…[?…]` | a Cluster, known by any of its nodes |
 *
 * @module
 */

import { PapyraError } from "../../../errors.ts";
import { parseDuration } from "../../../model/units.ts";

/** Where a server listens. */
export interface RedisAddress {
  /** Name or number of the host. */
  readonly host: string;
  /** Its port. */
  readonly port: number;
}

/** How servers stand together. */
export type RedisTopology = "standalone" | "sentinel" | "cluster";

/** What the query of a URL can say; each in place of the option of that name. */
export interface RedisUrlParameters {
  readonly prefix?: string;
  readonly systemId?: string;
  readonly hashTag?: boolean;
  readonly minReplicas?: number;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
  readonly connectTimeoutMs?: number;
  readonly commandTimeoutMs?: number;
  readonly reconnectTimeoutMs?: number;
}

/** A URL, taken apart. */
export interface RedisUrl {
  readonly topology: RedisTopology;
  readonly isTls: boolean;
  readonly addresses: readonly RedisAddress[];
  /** What Sentinels call the master; empty for anything else. */
  readonly masterName: string;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly parameters: RedisUrlParameters;
}

/** The schemes of these URLs. */
export const REDIS_SCHEMES = [
  "redis",
  "rediss",
  "redis+sentinel",
  "rediss+sentinel",
  "redis+cluster",
  "rediss+cluster",
] as const;

const URL_PARTS =
  /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^/?#]*)@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?$/i;
const DATABASE_PORT = 6379;
const SENTINEL_PORT = 26379;

/** Takes a URL apart. Throws INVALID_ARGUMENT, never with the password. */
export function parseRedisUrl(url: string): RedisUrl {
  const parts = URL_PARTS.exec(url);
  if (parts === null) throw unusable("it must look like redis://host:port/0");
  const [, scheme, kind, userInfo, hosts, path, query] = parts;
  const topology = (kind?.toLowerCase() ?? "standalone") as RedisTopology;
  const port = topology === "sentinel" ? SENTINEL_PORT : DATABASE_PORT;
  const addresses = (hosts || "localhost").split(",").map((text) => addressOf(text, port));
  if (topology === "standalone" && addresses.length > 1) {
    throw unusable("several hosts go with redis+sentinel:// or redis+cluster://");
  }
  const [username, password] = credentialsOf(userInfo);
  return {
    topology,
    isTls: scheme!.toLowerCase() === "rediss",
    addresses,
    ...placeOf(topology, path!),
    username,
    password,
    parameters: parametersOf(query ?? ""),
  };
}

/** An address as messages and URLs show it. */
export function addressText({ host, port }: RedisAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function addressOf(text: string, defaultPort: number): RedisAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? defaultPort : Number(port);
  if (host === undefined || number < 1 || number > 65535) {
    throw unusable("a host is missing, or a port is no number from 1 to 65535");
  }
  return { host: decoded(host), port: number };
}

function credentialsOf(userInfo: string | undefined): [string | undefined, string | undefined] {
  if (userInfo === undefined) return [undefined, undefined];
  const colon = userInfo.indexOf(":");
  const user = colon === -1 ? userInfo : userInfo.slice(0, colon);
  const password = colon === -1 ? undefined : userInfo.slice(colon + 1);
  return [decoded(user) || undefined, password === undefined ? undefined : decoded(password)];
}

function placeOf(
  topology: RedisTopology,
  path: string,
): Pick<RedisUrl, "masterName" | "database"> {
  const steps = path.split("/").filter((step) => step !== "").map(decoded);
  const masterName = topology === "sentinel" ? steps.shift() ?? "" : "";
  if (topology === "sentinel" && masterName === "") {
    throw unusable("the name of the master is missing: redis+sentinel://host:26379/mymaster");
  }
  const [database = "0", ...more] = steps;
  if (!/^\d{1,5}$/.test(database) || more.length > 0) {
    throw unusable("behind the host stands the number of the database, such as /0");
  }
  if (topology === "cluster" && Number(database) !== 0) {
    throw unusable("a Cluster has only database 0");
  }
  return { masterName, database: Number(database) };
}

type ParameterReaders = {
  readonly [name: string]: (text: string) => RedisUrlParameters;
};

const PARAMETERS: ParameterReaders = {
  prefix: (text) => ({ prefix: text }),
  system_id: (text) => ({ systemId: text }),
  hash_tag: (text) => ({ hashTag: truth("hash_tag", text) }),
  min_replicas: (text) => ({ minReplicas: wholeNumber("min_replicas", text) }),
  ca: (text) => ({ caFile: text }),
  cert: (text) => ({ certFile: text }),
  key: (text) => ({ keyFile: text }),
  server_name: (text) => ({ serverName: text }),
  connect_timeout: (text) => ({ connectTimeoutMs: parseDuration(text) * 1000 }),
  command_timeout: (text) => ({ commandTimeoutMs: parseDuration(text) * 1000 }),
  reconnect_timeout: (text) => ({ reconnectTimeoutMs: parseDuration(text) * 1000 }),
};

function parametersOf(query: string): RedisUrlParameters {
  let parameters: RedisUrlParameters = {};
  for (const [name, text] of new URLSearchParams(query)) {
    if (!Object.hasOwn(PARAMETERS, name)) {
      throw unusable(
        `there is no parameter "${name}", use ${Object.keys(PARAMETERS).join(", ")}`,
      );
    }
    parameters = { ...parameters, ...PARAMETERS[name]!(text) };
  }
  return parameters;
}

function truth(name: string, text: string): boolean {
  if (["", "1", "true", "yes"].includes(text.toLowerCase())) return true;
  if (["0", "false", "no"].includes(text.toLowerCase())) return false;
  throw unusable(`${name} must be true or false`);
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw unusable(`${name} must be a whole number from 0 up`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unusable("a percent sign in it stands for itself only as %25");
  }
}

function unusable(why: string): PapyraError {
  return new PapyraError("INVALID_ARGUMENT", `Cannot use the Redis URL: ${why}`);
}
