/**
 * Refuses what `JSON.stringify` would change without a word.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import type { JsonValue } from "./record.ts";
import { shortened } from "./shortened.ts";

const DEPTH_MAX = 1000;
const PATH_LENGTH_MAX = 200;

/**
 * Returns `value` as JSON, or throws INVALID_RECORD and names the place within it.
 *
 * Properties that are undefined are left out and `toJSON` is honoured, as `JSON.stringify` does;
 * functions, symbols, bigints, numbers that are not finite, and collections such as Map, which would
 * become `{}`, are refused.
 */
export function checkJson(value: unknown, path: string, depth = 0): JsonValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      break;
    case "number":
      if (!Number.isFinite(value)) throw refused(path, `is ${value}`);
      break;
    case "object":
      if (value !== null) checkObject(value, path, depth);
      break;
    default:
      throw refused(path, `is of type ${typeof value}`);
  }
  return value as JsonValue;
}

// Most of what there is: for that no path has to be put together.
function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function checkObject(value: object, path: string, depth: number): void {
  if (depth > DEPTH_MAX) throw refused(path, `is nested deeper than ${DEPTH_MAX} levels`);
  if (typeof (value as { toJSON?: unknown }).toJSON !== "function") {
    checkEntries(value, path, depth);
    return;
  }
  if (value instanceof Date && Number.isNaN(value.getTime())) {
    throw refused(path, "is an invalid date");
  }
  const plain = (value as { toJSON(): unknown }).toJSON();
  // JSON.stringify asks once: what toJSON returns is taken as it stands.
  if (typeof plain === "object" && plain !== null) checkEntries(plain, path, depth);
  else checkJson(plain, path, depth);
}

function checkEntries(value: object, path: string, depth: number): void {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      checkJson(value[index], `${path}[${index}]`, depth + 1);
    }
    return;
  }
  const tag = Object.prototype.toString.call(value);
  if (tag !== "[object Object]") throw refused(path, `is a ${tag.slice(8, -1)}`);
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner !== undefined && !isPlain(inner)) checkJson(inner, `${path}.${key}`, depth + 1);
  }
}

function refused(path: string, what: string): PapyraError {
  return new PapyraError(
    "INVALID_RECORD",
    `Cannot record: ${shortened(path, PATH_LENGTH_MAX)} ${what}, which JSON cannot carry`,
  );
}
