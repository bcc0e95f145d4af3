/**
 * Which server a connection leads to, and as which client.
 *
 * @module
 */

import { PapyraError } from "../../../errors.ts";
import type { Connection } from "./connection.ts";
import { ServerRefusal } from "./server_error.ts";

/** A server, and a connection's number there. */
export interface ServerIdentity {
  /** What its process calls itself; null where this user may not ask. */
  readonly runId: string | null;
  /** The connection's number, by which others can end it. */
  readonly clientId: number;
  /** Its version. */
  readonly version: string;
  /** `master` or `replica`. */
  readonly role: string;
}

/** The oldest version that is served: 6.2 trims by id and lists pending entries in pages. */
const VERSION_MIN = [6, 2] as const;

/** Asks a server who it is. Throws UNSUPPORTED_VERSION where it is too old. */
export async function identify(connection: Connection): Promise<ServerIdentity> {
  const hello = await helloOf(connection);
  const version = String(hello.get("version") ?? "unknown");
  assertVersion(version);
  return {
    runId: await runIdOf(connection),
    clientId: Number(hello.get("id")),
    version,
    role: String(hello.get("role")),
  };
}

async function helloOf(connection: Connection): Promise<Map<unknown, unknown>> {
  try {
    const pairs = await connection.call(["HELLO", "2"]) as readonly unknown[];
    return new Map(
      pairs.flatMap((name, index) => index % 2 === 0 ? [[name, pairs[index + 1]]] : []),
    );
  } catch (error) {
    if (!(error instanceof ServerRefusal) || error.word !== "ERR") throw error;
    throw tooOld("older than 6.0");
  }
}

async function runIdOf(connection: Connection): Promise<string | null> {
  try {
    const info = await connection.call(["INFO", "server"]) as string;
    return /^run_id:(\w+)/m.exec(info)?.[1] ?? null;
  } catch (error) {
    if (error instanceof ServerRefusal && error.word === "NOPERM") return null;
    throw error;
  }
}

function assertVersion(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [majorMin, minorMin] = VERSION_MIN;
  if (major > majorMin || (major === majorMin && minor >= minorMin)) return;
  throw tooOld(version);
}

function tooOld(version: string): PapyraError {
  return new PapyraError(
    "UNSUPPORTED_VERSION",
    `Cannot use a Redis server of version ${version}: it must be ${VERSION_MIN.join(".")} or newer`,
  );
}
