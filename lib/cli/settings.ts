/**
 * What holds for a command: flags before the environment, before the config file, before defaults.
 *
 * @module
 */

import type { BackendOptions, RotationOptions } from "../backends/registry.ts";
import type { Durability } from "../model/mode.ts";
import type { RecordKind } from "../model/record.ts";
import type { RetentionLimits, RetentionPolicy } from "../model/retention.ts";
import { NEVER_BY_ITSELF } from "../storage/appending/segment_limits.ts";
import { loadConfig } from "./config.ts";
import type { Terminal } from "./terminal.ts";
import { usageError } from "./usage_error.ts";

/** The flags that settings can come from. */
export interface SettingFlags {
  readonly path?: string | undefined;
  readonly store?: string | undefined;
  readonly config?: string | undefined;
  readonly durability?: Durability | undefined;
  readonly maxRecords?: number | undefined;
  readonly maxAge?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly rotateBytes?: number | undefined;
  readonly rotateRecords?: number | undefined;
  readonly rotateAge?: number | undefined;
  readonly kind?: RecordKind | undefined;
  /** Kinds that limits are put on, where the command has other uses for them too. */
  readonly kinds?: readonly RecordKind[] | undefined;
  /** Whether the command seals the active file when asked to, also where nothing else ever does. */
  readonly sealsOnRequest?: boolean;
}

/** What holds. */
export interface Settings {
  /** The store's URL. */
  readonly url: string;
  /** When a record counts as written. */
  readonly durability: Durability;
  /** What the store keeps. */
  readonly retention: RetentionPolicy;
  /** When the active file is sealed; left out where it never is. */
  readonly rotation?: RotationOptions;
  /** Who to be on a server, unless the URL says so. */
  readonly redis: NonNullable<BackendOptions["redis"]>;
}

/** A store on a server, which `--path` names by its URL too. */
const SERVER_URL = /^rediss?(?:\+[a-z]+)?:\/\//i;

/** Gathers the settings. Throws INVALID_ARGUMENT or INVALID_CONFIG. */
export async function loadSettings(flags: SettingFlags, env: Terminal["env"]): Promise<Settings> {
  const named = storeOfFlags(flags);
  const limits = limitsOfFlags(flags);
  const config = await loadConfig(flags.config ?? (env["PAPYRA_CONFIG"] || undefined));
  const url = named ?? (env["PAPYRA_STORE"] || undefined) ?? config.store;
  if (url === undefined) {
    throw usageError(
      "No store is named: give --path PATH or --store URL, set PAPYRA_STORE, or put " +
        '"store" into papyra.json',
    );
  }
  return {
    url,
    durability: flags.durability ?? config.durability ?? "always",
    retention: withLimits(config.retention ?? {}, limits, flags.kind ? [flags.kind] : flags.kinds),
    ...rotationOf(flags, config.rotation),
    redis: redisOf(env),
  };
}

// A password on a command line is one that every user of the machine can read.
function redisOf(env: Terminal["env"]): Settings["redis"] {
  const username = env["PAPYRA_REDIS_USER"];
  const password = env["PAPYRA_REDIS_PASSWORD"];
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

function rotationOf(
  flags: SettingFlags,
  configured: RotationOptions | undefined,
): Pick<Settings, "rotation"> {
  const { rotateBytes, rotateRecords, rotateAge, sealsOnRequest = false } = flags;
  const limits = {
    ...(rotateBytes === undefined ? {} : { maxBytes: rotateBytes }),
    ...(rotateRecords === undefined ? {} : { maxRecords: rotateRecords }),
    ...(rotateAge === undefined ? {} : { maxAgeSeconds: rotateAge }),
  };
  const isRotated = configured !== undefined || Object.keys(limits).length > 0;
  if (isRotated) return { rotation: { ...configured, ...limits } };
  return sealsOnRequest ? { rotation: NEVER_BY_ITSELF } : {};
}

function storeOfFlags({ path, store }: SettingFlags): string | undefined {
  if (path !== undefined && store !== undefined) {
    throw usageError(
      "Cannot use --path together with --store: both name the store, give one of them",
    );
  }
  if (path !== undefined && SERVER_URL.test(path)) return path;
  // Two slashes at its beginning would make a URL of the path.
  return path === undefined ? store : `file:${path.replace(/^\/{2,}/, "/")}`;
}

function limitsOfFlags({ maxRecords, maxAge, maxBytes, kind }: SettingFlags): RetentionLimits {
  const limits = {
    ...(maxRecords === undefined ? {} : { maxRecords }),
    ...(maxAge === undefined ? {} : { maxAgeSeconds: maxAge }),
    ...(maxBytes === undefined ? {} : { maxTotalBytes: maxBytes }),
  };
  if (kind !== undefined && Object.keys(limits).length === 0) {
    throw usageError(
      "Cannot use --kind alone: it goes with --max-records, --max-age or --max-bytes",
    );
  }
  return limits;
}

function withLimits(
  policy: RetentionPolicy,
  limits: RetentionLimits,
  kinds: readonly RecordKind[] = [],
): RetentionPolicy {
  if (kinds.length === 0) return { ...policy, ...limits };
  const ofKinds = kinds.map((kind) => [kind, { ...policy.byKind?.[kind], ...limits }]);
  return { ...policy, byKind: { ...policy.byKind, ...Object.fromEntries(ofKinds) } };
}
