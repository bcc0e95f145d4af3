/**
 * One maintenance run at a time, and its turn at the store however busy the writers are.
 *
 * The run holds an flock on `maintenance.lock`, whose content says who it is. While it waits for the
 * write lock it adds a line to that content: writers that see it, and see that the run is alive, let
 * it go first.
 *
 * @module
 */

import { dirname, sep } from "node:path";
import process from "node:process";
import { PapyraError } from "../errors.ts";
import type { FileSystem, OpenFile } from "./file_system.ts";
import { hadRoomFor, isMissingError } from "./os_error.ts";
import { pollUntil } from "./polling.ts";
import type { Sidecar } from "./sidecar.ts";
import { appendAll, openIfThere, openOrCreate, readWhole } from "./whole_file.ts";

const WANTS_TURN = "wants-turn\n";
const GIVE_WAY_MS_MAX = 1000;
// A run writes a line or two.
const CONTENT_BYTES_MAX = 4096;
// Whoever looks whether a run is alive holds its lock for an instant.
const GLANCE_MS = 100;

/** The lock of a maintenance run that has it. */
export class MaintenanceLock {
  readonly #fileSystem: FileSystem;
  readonly #file: OpenFile;
  #ownBytes = 0;

  private constructor(fileSystem: FileSystem, file: OpenFile) {
    this.#fileSystem = fileSystem;
    this.#file = file;
  }

  /** Takes the lock, or throws BUSY once `waitMs` has passed. */
  static async take(
    fileSystem: FileSystem,
    sidecar: Sidecar,
    operation: string,
    options: { readonly waitMs?: number; readonly signal?: AbortSignal | undefined },
  ): Promise<MaintenanceLock> {
    const path = sidecar.pathOf("maintenanceLock");
    let taken: MaintenanceLock | null = null;
    const isTaken = await pollUntil(async () => {
      await sidecar.create();
      taken = await MaintenanceLock.#tryTake(fileSystem, path);
      return taken !== null;
    }, { timeoutMs: Math.max(options.waitMs ?? 0, GLANCE_MS), signal: options.signal });
    if (!isTaken || taken === null) {
      throw busy(await readWhole(fileSystem, path, CONTENT_BYTES_MAX), path);
    }
    await (taken as MaintenanceLock).#begin(operation);
    return taken;
  }

  static async #tryTake(fileSystem: FileSystem, path: string): Promise<MaintenanceLock | null> {
    let file: OpenFile;
    try {
      ({ file } = await openOrCreate(fileSystem, path, true));
    } catch (error) {
      // The sidecar was deleted in between: make it again.
      if (isMissingError(error)) return null;
      throw error;
    }
    try {
      const isTaken = file.tryLock("exclusive") &&
        fileSystem.stat(path)?.identity === file.stat().identity;
      if (isTaken) return new MaintenanceLock(fileSystem, file);
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close();
    return null;
  }

  /** Throws BUSY where the lock's file was deleted or replaced, so that another run may have begun. */
  assertHeld(): void {
    const { path } = this.#file;
    if (this.#fileSystem.stat(path)?.identity !== this.#file.stat().identity) throw deleted(path);
  }

  /** `error`, or what it comes of where it says that something in the sidecar is missing. */
  explain(error: unknown): unknown {
    const directory = dirname(this.#file.path);
    const { path } = (error ?? {}) as { path?: unknown };
    const isOfSidecar = typeof path === "string" &&
      `${path}${sep}`.startsWith(`${directory}${sep}`);
    return isMissingError(error) && isOfSidecar ? deleted(path) : error;
  }

  /** Asks the writers to let this run go first until `body` is done. */
  async withTurn<T>(body: () => Promise<T>): Promise<T> {
    await this.#say(WANTS_TURN);
    try {
      return await body();
    } finally {
      await this.#file.truncate(this.#ownBytes);
    }
  }

  /** Lets go. */
  async release(): Promise<void> {
    try {
      await this.#file.truncate(0);
    } finally {
      await this.#file.close();
    }
  }

  async #begin(operation: string): Promise<void> {
    try {
      await this.#file.truncate(0);
      const holder = { pid: process.pid, operation, since: Date.now() / 1000 };
      await this.#say(`${JSON.stringify(holder)}\n`);
      this.#ownBytes = this.#file.stat().size;
    } catch (error) {
      await this.#file.close();
      throw error;
    }
  }

  // It is the lock that counts: a run that may free space must not fail because the disk is full.
  async #say(text: string): Promise<void> {
    await hadRoomFor(() => appendAll(this.#file, new TextEncoder().encode(text)));
  }
}

function deleted(path: string): PapyraError {
  return new PapyraError(
    "BUSY",
    `Cannot go on: "${path}" was deleted during maintenance, another run may have begun; run the command again`,
    { file: path },
  );
}

function busy(content: string | null, path: string): PapyraError {
  const { pid, operation } = holderIn(content);
  const who = pid === undefined ? "another maintenance run" : `${operation} (process ${pid})`;
  return new PapyraError(
    "BUSY",
    `Cannot begin: ${who} has the store; wait for it, or give --wait 30s`,
    { file: path },
  );
}

function holderIn(content: string | null): { pid?: unknown; operation?: unknown } {
  try {
    return JSON.parse(content?.split("\n")[0] ?? "{}") as { pid?: unknown; operation?: unknown };
  } catch {
    return {};
  }
}

/** Whether a living process holds the lock on this file. */
export async function isLockHeld(
  fileSystem: FileSystem,
  lockPath: string,
): Promise<boolean> {
  const file = await openIfThere(fileSystem, lockPath, true);
  if (file === null) return false;
  try {
    return !file.tryLock("shared");
  } finally {
    await file.close();
  }
}

/** Waits, within bounds, while a living maintenance run wants its turn. */
export async function giveWay(fileSystem: FileSystem, lockPath: string): Promise<void> {
  if (!await wantsTurn(fileSystem, lockPath)) return;
  if (!await isLockHeld(fileSystem, lockPath)) return;
  await pollUntil(async () => !await wantsTurn(fileSystem, lockPath), {
    timeoutMs: GIVE_WAY_MS_MAX,
  });
}

async function wantsTurn(fileSystem: FileSystem, lockPath: string): Promise<boolean> {
  const size = fileSystem.stat(lockPath)?.size ?? 0;
  if (size === 0) return false;
  return (await readWhole(fileSystem, lockPath, CONTENT_BYTES_MAX))?.endsWith(WANTS_TURN) ?? false;
}
