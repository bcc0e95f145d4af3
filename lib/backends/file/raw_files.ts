/**
 * What a store of files serves copies with.
 *
 * @module
 */

import type { MaintenanceOptions } from "../../backend/backend.ts";
import type {
  RawMaintenance,
  RawPlaces,
  RawPrimitives,
  RawQuery,
  RawRecord,
} from "../../backend/raw_store.ts";
import type { MaintenanceLock } from "../../storage/maintenance_lock.ts";
import { asIoError } from "../../storage/os_error.ts";
import { readWhole, replaceWhole } from "../../storage/whole_file.ts";
import type { FileStore } from "./store/file_store.ts";
import { maintain } from "./replacing/maintenance.ts";
import { lastSeqOf, readRawLines } from "./raw_lines.ts";
import { newReceiptId, writeIntent, writeOutcome } from "./receipts/receipts.ts";

// A hundred notes take some 50 KB. Somebody may have put anything in their place.
const NOTES_BYTES_MAX = 1024 * 1024;

/** A store of files as copies see it. */
export class RawFiles implements RawPrimitives {
  /** Lines are numbered whatever their kind. */
  readonly sharesPlaces = true;
  readonly #open: (action: string) => Promise<FileStore>;

  /** @param open opens the store, for what is to be done with it */
  constructor(open: (action: string) => Promise<FileStore>) {
    this.#open = open;
  }

  /** The path of its active file, without links. */
  identity(): Promise<string> {
    return this.#do("look at", ({ paths }) => Promise.resolve(`file:${paths.active}`));
  }

  /** Reads its files. */
  async *read(query: RawQuery): AsyncGenerator<readonly RawRecord[]> {
    const store = await this.#open("read");
    try {
      yield* readRawLines(store, query);
    } catch (error) {
      throw asIoError(error, "read", store.paths.active);
    }
  }

  /** The last number, which all kinds share. */
  ends(): Promise<RawPlaces> {
    return this.#do("look at", async (store) => {
      const lastSeq = await lastSeqOf(store);
      const place = lastSeq === 0 ? null : `${lastSeq}`;
      return { event: place, audit: place, dead_letter: place };
    });
  }

  /** Reads `copies.json`. */
  readNotes(): Promise<string | null> {
    return this.#do("read the notes on copies to", async ({ fileSystem, sidecar }) => {
      if (!sidecar.check()) return null;
      return await readWhole(fileSystem, sidecar.pathOf("copies"), NOTES_BYTES_MAX);
    });
  }

  /** Takes the maintenance lock, and lets go of it. */
  maintain<T>(
    operation: string,
    options: MaintenanceOptions,
    body: (maintenance: RawMaintenance) => Promise<T>,
  ): Promise<T> {
    return this.#do(
      operation,
      (store) =>
        maintain(store, operation, options, (lock) => body(new FileMaintenance(store, lock))),
    );
  }

  async #do<T>(action: string, body: (store: FileStore) => Promise<T>): Promise<T> {
    const store = await this.#open(action);
    try {
      return await body(store);
    } catch (error) {
      throw asIoError(error, action, store.paths.active);
    }
  }
}

class FileMaintenance implements RawMaintenance {
  readonly #store: FileStore;
  readonly #lock: MaintenanceLock;

  constructor(store: FileStore, lock: MaintenanceLock) {
    this.#store = store;
    this.#lock = lock;
  }

  async writeNotes(text: string): Promise<void> {
    const { fileSystem, sidecar } = this.#store;
    this.#lock.assertHeld();
    await replaceWhole(fileSystem, sidecar.pathOf("copies"), text);
  }

  async writeReceipt(
    operation: string,
    details: { readonly [name: string]: unknown },
  ): Promise<string> {
    const id = newReceiptId(this.#store.now());
    this.#lock.assertHeld();
    const file = this.#store.paths.active;
    await writeIntent(this.#store, id, { operation, file, old: null, new: null, details });
    await writeOutcome(this.#store, id, "done");
    return id;
  }
}
