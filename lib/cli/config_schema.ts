/**
 * What a config file may hold.
 *
 * @module
 */

import type { RotationOptions } from "../backends/registry.ts";
import { messageOf, PapyraError } from "../errors.ts";
import { type Durability, parseDurability } from "../model/mode.ts";
import { isRecordKind, RECORD_KINDS, type RecordKind } from "../model/record.ts";
import type { RetentionLimits, RetentionPolicy } from "../model/retention.ts";
import { shortened } from "../model/shortened.ts";
import { didYouMean } from "./suggest.ts";

/** A config file's content. */
export interface Config {
  /** Where the store is. */
  readonly store?: string;
  /** When a record counts as written. */
  readonly durability?: Durability;
  /** What the store keeps. */
  readonly retention?: RetentionPolicy;
  /** When the active file is sealed. */
  readonly rotation?: RotationOptions;
}

/** Takes a value, or throws an error that says what it must be. */
type Reader<T> = (value: unknown, key: string) => T;
type Readers<T> = { readonly [K in keyof T]-?: readonly [key: string, read: Reader<T[K]>] };

const LIMIT_READERS: Readers<Required<RetentionLimits>> = {
  maxRecords: ["max_records", wholeNumber],
  maxAgeSeconds: ["max_age_seconds", number],
  maxTotalBytes: ["max_total_bytes", wholeNumber],
};

const RETENTION_READERS: Readers<Required<RetentionPolicy>> = {
  ...LIMIT_READERS,
  byKind: ["by_kind", byKind],
};

const ROTATION_READERS: Readers<Required<RotationOptions>> = {
  maxBytes: ["max_bytes", countFromOne],
  maxRecords: ["max_records", countFromOne],
  maxAgeSeconds: ["max_age_seconds", numberFromOne],
  maxFiles: ["max_files", countFromOne],
};

const CONFIG_READERS: Readers<Required<Config>> = {
  store: ["store", text],
  durability: ["durability", durability],
  retention: ["retention", (value, key) => fields(value, key, RETENTION_READERS)],
  rotation: ["rotation", (value, key) => fields(value, key, ROTATION_READERS)],
};

/** Checks what a config file holds. Throws INVALID_CONFIG, naming file and key. */
export function readConfig(value: unknown, file: string): Config {
  try {
    return fields<Required<Config>>(value, "", CONFIG_READERS);
  } catch (cause) {
    throw new PapyraError("INVALID_CONFIG", `Cannot use config file ${file}: ${messageOf(cause)}`, {
      cause,
      file,
    });
  }
}

function fields<T>(value: unknown, path: string, readers: Readers<T>): Partial<T> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(path, "an object");
  }
  const known = new Map(
    (Object.keys(readers) as (keyof T)[]).map((name) => [readers[name][0], name]),
  );
  const result: Partial<T> = {};
  for (const [key, inner] of Object.entries(value)) {
    const name = known.get(key);
    if (name === undefined) throw unknownKey(path, key, [...known.keys()]);
    result[name] = readers[name][1](inner, `${path}${path && "."}${key}`);
  }
  return result;
}

function byKind(value: unknown, key: string): { readonly [K in RecordKind]?: RetentionLimits } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(key, "an object");
  }
  return Object.fromEntries(
    Object.entries(value).map(([kind, limits]) => {
      if (!isRecordKind(kind)) throw unknownKey(key, kind, RECORD_KINDS);
      return [kind, fields(limits, `${key}.${kind}`, LIMIT_READERS)];
    }),
  );
}

function text(value: unknown, key: string): string {
  if (typeof value !== "string" || value === "") throw wrong(key, "a string that is not empty");
  return value;
}

function durability(value: unknown, key: string): Durability {
  try {
    return parseDurability(text(value, key));
  } catch {
    throw wrong(key, '"always", "interval:<milliseconds>" or "os"');
  }
}

function number(value: unknown, key: string): number {
  return numberFrom(0, value, key);
}

function numberFromOne(value: unknown, key: string): number {
  return numberFrom(1, value, key);
}

function wholeNumber(value: unknown, key: string): number {
  return wholeNumberFrom(0, value, key);
}

function countFromOne(value: unknown, key: string): number {
  return wholeNumberFrom(1, value, key);
}

function numberFrom(least: number, value: unknown, key: string): number {
  if (typeof value === "number" && value >= least) return value;
  throw wrong(key, `a number from ${least} up`);
}

function wholeNumberFrom(least: number, value: unknown, key: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  throw wrong(key, `a whole number from ${least} up`);
}

function wrong(key: string, what: string): TypeError {
  return new TypeError(key === "" ? `it must hold ${what}` : `key "${key}" must be ${what}`);
}

function unknownKey(path: string, key: string, known: readonly string[]): TypeError {
  const otherwise = `, use ${known.join(", ")}`;
  const full = shortened(`${path}${path && "."}${key}`);
  return new TypeError(`unknown key "${full}"${didYouMean(key, known, otherwise)}`);
}
