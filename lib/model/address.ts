/**
 * Addresses of actors: `local://1`, `local:1`, or `{"system": "local", "actor_id": 1}`.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import { parseExactJson } from "./exact_json.ts";
import type { ActorAddress, JsonValue } from "./record.ts";

/** Reads an address as it stands in a stored record; null where it is none. */
export function addressFromWire(value: JsonValue | undefined): ActorAddress | null {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { system, actor_id: actorId } = value as { readonly [key: string]: JsonValue };
  if (typeof system !== "string") return null;
  if (typeof actorId !== "number" && typeof actorId !== "string") return null;
  return { system, actorId };
}

/** Reads an address as people write it: as a text, or as the object's JSON. Throws INVALID_ARGUMENT. */
export function parseAddress(text: string): ActorAddress {
  if (!text.trimStart().startsWith("{")) return text;
  try {
    const address = addressFromWire(parseExactJson(text, "the address"));
    if (address !== null) return address;
  } catch (error) {
    if (!(error instanceof PapyraError)) throw error;
  }
  throw new PapyraError(
    "INVALID_ARGUMENT",
    `Cannot read address "${text}": write local://1, local:1 or {"system": "local", "actor_id": 1}`,
  );
}

/** Whether a caller's value is an address. */
export function isActorAddress(value: unknown): value is ActorAddress {
  if (typeof value === "string") return true;
  if (typeof value !== "object" || value === null) return false;
  const { system, actorId } = value as { readonly [key: string]: unknown };
  return typeof system === "string" &&
    (typeof actorId === "string" || Number.isSafeInteger(actorId));
}

/** The form in which an address is stored. */
export function addressToWire(address: ActorAddress): JsonValue {
  if (typeof address === "string") return address;
  return { system: address.system, actor_id: address.actorId };
}

/**
 * The form in which people read an address: `system://actor`.
 *
 * @example
 * ```ts
 * import { formatAddress } from "@papyra/papyra";
 *
 * console.log(formatAddress({ system: "local", actorId: 1 })); // local://1
 * ```
 */
export function formatAddress(address: ActorAddress): string {
  return typeof address === "string" ? address : `${address.system}://${address.actorId}`;
}

/**
 * Whether two addresses name the same actor, however each is written.
 *
 * @example
 * ```ts
 * import { isSameAddress } from "@papyra/papyra";
 *
 * console.log(isSameAddress("local:1", { system: "local", actorId: 1 })); // true
 * ```
 */
export function isSameAddress(one: ActorAddress, other: ActorAddress): boolean {
  return canonicalAddress(one) === canonicalAddress(other);
}

/** The one text that stands for an actor, however its address is written. */
export function canonicalAddress(address: ActorAddress): string {
  return formatAddress(address).replace(/^([^:/]+):(?!\/\/)/, "$1://");
}
