/**
 * Addresses to listen on.
 *
 * @module
 */

import process from "node:process";
import { PapyraError } from "../errors.ts";

/** Where to listen. */
export interface ListenAddress {
  /** A name or an address, without brackets. */
  readonly host: string;
  /** From 0, which picks one, to 65535. */
  readonly port: number;
}

const PORT_MAX = 65_535;

/** Reads `HOST:PORT`, `[::1]:PORT` or `:PORT` for every address. Throws INVALID_ARGUMENT. */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]/]*)):(\d{1,5})$/i
    .exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > PORT_MAX) {
    throw new PapyraError(
      "INVALID_ARGUMENT",
      `Cannot listen on "${text}": write HOST:PORT, such as 127.0.0.1:9464 or [::1]:9464`,
    );
  }
  return { host: (bracketed ?? plain) || "::", port };
}

/** An address as part of a URL. */
export function formatAddress({ host, port }: ListenAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Whether a name or an address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === "localhost" || name === "::1") return true;
  // Loaded only here: no other command needs it.
  const { isIPv4 } = process.getBuiltinModule("node:net");
  return isIPv4(name) && name.startsWith("127.");
}
