/**
 * The directory beside a store, `.NAME.papyra/`: what is derived from the store, and its history.
 *
 * `state.json` and `metrics.json` are a cache: losing them loses no record. Both are changed under the
 * lock on `sidecar.lock`, so that what one process adds another does not take away.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { PapyraError } from "../errors.ts";
import type { FileSystem } from "./file_system.ts";
import { FORMAT_VERSION } from "./format.ts";
import { isMissingError } from "./os_error.ts";
import { pollUntil } from "./polling.ts";
import { isOfStranger } from "./strangers.ts";
import { openOrCreate, readWhole, replaceWhole, TEMP_SUFFIX } from "./whole_file.ts";

/** What `state.json` says. */
export interface StoreState {
  /** The version of the format that the store is in. */
  readonly formatVersion: number;
  /** The largest sequence number known to be synced; 0 where none is. */
  readonly durableSeq: number;
}

/** Names in the sidecar. */
export const SIDECAR_NAMES = {
  state: "state.json",
  metrics: "metrics.json",
  receipts: "receipts.ndjson",
  copies: "copies.json",
  removed: "removed",
  segments: "segments",
  maintenanceLock: "maintenance.lock",
  sidecarLock: "sidecar.lock",
} as const;

const KNOWN_NAMES: ReadonlySet<string> = new Set(Object.values(SIDECAR_NAMES));
// What papyra writes takes hundreds of bytes. Somebody may have put anything in its place.
const CACHE_BYTES_MAX = 64 * 1024;
const LOCK_TIMEOUT_MS = 5000;
const NO_STATE: StoreState = { formatVersion: FORMAT_VERSION, durableSeq: 0 };

/** The sidecar of one store. */
export class Sidecar {
  /** Its path. */
  readonly path: string;
  readonly #fileSystem: FileSystem;
  readonly #owned: string | undefined;

  /** @param owned the store's file, to whose owner the sidecar belongs */
  constructor(fileSystem: FileSystem, path: string, owned?: string) {
    this.#fileSystem = fileSystem;
    this.path = path;
    this.#owned = owned;
  }

  /** The path of a name within it. */
  pathOf(name: keyof typeof SIDECAR_NAMES): string {
    return join(this.path, SIDECAR_NAMES[name]);
  }

  /** Whether it is there. */
  get exists(): boolean {
    return this.#fileSystem.statLink(this.path)?.type === "directory";
  }

  /** Makes it. Throws NOT_A_STORE where what stands in its place must not be used. */
  async create(): Promise<void> {
    if (this.check()) return;
    await this.#fileSystem.makeDirectory(this.path, this.#owned);
    this.check();
  }

  /** Whether it is there. Throws NOT_A_STORE where what stands in its place must not be used. */
  check(): boolean {
    const found = this.#fileSystem.statLink(this.path);
    if (found === null) return false;
    // A link would lead what is written here to another place.
    if (found.type !== "directory") throw inTheWay(this.path);
    // Where many may make directories, somebody may have been first, to decide what becomes of the store.
    const store = { active: this.#owned, directory: dirname(this.path) };
    if (isOfStranger(this.#fileSystem, store, found)) throw ofStranger(this.path);
    return true;
  }

  /** The names in it that are nobody's, and those of temporary files. */
  async strangers(): Promise<{ readonly temps: string[]; readonly unknown: string[] }> {
    const names = (await this.#fileSystem.list(this.path)).filter((name) => !KNOWN_NAMES.has(name));
    const paths = names.map((name) => join(this.path, name));
    // Nobody makes a directory there that is to be removed again.
    const isTemp = (path: string): boolean =>
      path.endsWith(TEMP_SUFFIX) && this.#fileSystem.statLink(path)?.type !== "directory";
    return { temps: paths.filter(isTemp), unknown: paths.filter((path) => !isTemp(path)) };
  }

  /** What is known of the store's state; zeros where nothing is. */
  async readState(): Promise<StoreState> {
    const state = await this.#readState();
    if (state === null) return NO_STATE;
    const { format_version: formatVersion, durable_seq: durableSeq } = state;
    return {
      formatVersion: isCount(formatVersion) ? formatVersion : FORMAT_VERSION,
      durableSeq: isCount(durableSeq) ? durableSeq : 0,
    };
  }

  /** Notes that records up to `seq` are synced. */
  async raiseDurableSeq(seq: number): Promise<void> {
    await this.#locked(async () => {
      const { durableSeq, formatVersion } = await this.readState();
      if (seq <= durableSeq || formatVersion > FORMAT_VERSION) return;
      await this.#writeState({ format_version: FORMAT_VERSION, durable_seq: seq });
    });
  }

  /** Writes the state anew, whatever it said. */
  async resetState(durableSeq: number): Promise<void> {
    await this.#locked(() =>
      this.#writeState({ format_version: FORMAT_VERSION, durable_seq: durableSeq })
    );
  }

  /** The content of `metrics.json`; null where there is none. */
  readMetrics(): Promise<string | null> {
    return this.#readCache("metrics");
  }

  /**
   * Replaces the content of `metrics.json` by what `change` makes of it, which may be null to leave it.
   * Says whether it was replaced, also where letting go of the lock failed: then it surely was.
   */
  async changeMetrics(change: (content: string | null) => string | null): Promise<boolean> {
    let isChanged = false;
    try {
      await this.#locked(async () => {
        const content = change(await this.readMetrics());
        if (content === null) return;
        // Its new name may take its time to last: nobody may be told of a change that was not made, or the other way.
        await replaceWhole(this.#fileSystem, this.pathOf("metrics"), content, {
          lasting: "content",
        });
        isChanged = true;
      });
    } catch (error) {
      if (!isChanged) throw error;
    }
    return isChanged;
  }

  /**
   * Runs `body` while nobody else changes the caches, so that no temporary file of theirs is in use.
   * Throws TIMED_OUT where somebody never stops.
   */
  async whileUnchanged<T>(body: () => Promise<T>): Promise<T> {
    return await this.#locked(body);
  }

  async #readCache(name: "state" | "metrics"): Promise<string | null> {
    this.check();
    return await readWhole(this.#fileSystem, this.pathOf(name), CACHE_BYTES_MAX);
  }

  async #readState(): Promise<Readonly<Record<string, unknown>> | null> {
    const text = await this.#readCache("state");
    try {
      const value: unknown = JSON.parse(text ?? "null");
      return typeof value === "object" ? value as Record<string, unknown> : null;
    } catch {
      // A broken cache is as good as none: it is written anew by whoever changes it next.
      return null;
    }
  }

  async #writeState(value: Record<string, unknown>): Promise<void> {
    await replaceWhole(this.#fileSystem, this.pathOf("state"), `${JSON.stringify(value)}\n`);
  }

  async #locked<T>(body: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.create();
      const path = this.pathOf("sidecarLock");
      const lock = await this.#openLock(path);
      if (lock === null) continue;
      try {
        const isLocked = await pollUntil(() => lock.tryLock("exclusive"), {
          timeoutMs: LOCK_TIMEOUT_MS,
        });
        if (!isLocked) throw lockNeverFree(path);
        if (this.#fileSystem.stat(path)?.identity === lock.stat().identity) return await body();
      } finally {
        await lock.close();
      }
    }
  }

  // The sidecar may be deleted at any moment, also between making it and opening something in it.
  async #openLock(path: string) {
    try {
      return (await openOrCreate(this.#fileSystem, path, true)).file;
    } catch (error) {
      if (isMissingError(error)) return null;
      throw error;
    }
  }
}

function lockNeverFree(file: string): PapyraError {
  return new PapyraError(
    "TIMED_OUT",
    `Cannot lock "${file}": another process keeps it; see who has it open (lsof, fuser)`,
    { file },
  );
}

function inTheWay(file: string): PapyraError {
  return new PapyraError(
    "NOT_A_STORE",
    `Cannot use "${file}" as the store's sidecar: it is not a directory; move it away`,
    { file },
  );
}

function ofStranger(file: string): PapyraError {
  return new PapyraError(
    "NOT_A_STORE",
    `Cannot use "${file}" as the store's sidecar: it belongs to another user than the store; see who made it, then give it to the store's owner (chown -R) or move it away`,
    { file },
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
