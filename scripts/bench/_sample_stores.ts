/**
 * The stores that workloads share, each made when it is first asked for.
 *
 * @module
 */

import { mkdirSync } from "node:fs";
import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { captureOrThrow } from "../_run.ts";
import { damageLines } from "./_damage.ts";
import { FIRST_TIMESTAMP, RECORDS_PER_SECOND } from "./_sample_record.ts";
import { bytesOfStore, makeSampleStore, type SampleSize } from "./_sample_store.ts";

const SEGMENT_BYTES = 64e6;
const DAMAGED_EVERY_LINES = 1000;
// Enough for tools that take seconds.
const INPUT_SHARE = 1 / 3;

/** A store that nobody may change. */
export interface SampleStore {
  readonly path: string;
  readonly bytes: number;
  readonly records: number;
}

/** Sizes of the stores. */
export interface SampleSizes {
  /** Of what is read and written as a whole. */
  readonly sizeBytes: number;
  /** Of what is looked into. */
  readonly largeBytes: number;
}

/** The stores in a directory. */
export class SampleStores {
  readonly #directory: string;
  readonly #sizes: SampleSizes;
  readonly #made = new Map<string, Promise<SampleStore>>();

  constructor(directory: string, sizes: SampleSizes) {
    this.#directory = directory;
    this.#sizes = sizes;
  }

  /** One to read as a whole. */
  whole(): Promise<SampleStore> {
    return this.#make("whole", { bytes: this.#sizes.sizeBytes });
  }

  /** The same with a flipped bit in every thousandth line. */
  damaged(): Promise<SampleStore> {
    return this.#damage("damaged", () => DAMAGED_EVERY_LINES);
  }

  /** The same with a flipped bit in one line, in the middle. */
  damagedOnce(): Promise<SampleStore> {
    return this.#damage("damaged-once", (records) => Math.floor(records / 2) + 1);
  }

  /** A third of it: lines for what reads them slowly. */
  input(): Promise<SampleStore> {
    return this.#make("input", { bytes: this.#sizes.sizeBytes * INPUT_SHARE });
  }

  /** One to look into. */
  large(): Promise<SampleStore> {
    return this.#make("large", { bytes: this.#sizes.largeBytes });
  }

  /** The same in segments. */
  largeInSegments(): Promise<SampleStore> {
    return this.#make("segments", { bytes: this.#sizes.largeBytes, segmentBytes: SEGMENT_BYTES });
  }

  /** One of so many records. */
  ofRecords(records: number): Promise<SampleStore> {
    return this.#make(`records-${records}`, { records });
  }

  #make(name: string, size: SampleSize): Promise<SampleStore> {
    return this.#once(name, (path) => makeSampleStore(path, size));
  }

  #damage(name: string, everyOf: (records: number) => number): Promise<SampleStore> {
    return this.#once(name, async (path) => {
      const { path: whole, records } = await this.whole();
      await cp(whole, path);
      damageLines(path, everyOf(records));
      return records;
    });
  }

  #once(name: string, make: (path: string) => Promise<number>): Promise<SampleStore> {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const made = this.#fill(join(this.#directory, name, "store.ndjson"), make);
    this.#made.set(name, made);
    return made;
  }

  async #fill(path: string, make: (path: string) => Promise<number>): Promise<SampleStore> {
    mkdirSync(dirname(path), { recursive: true });
    const records = await make(path);
    // What is still on its way to the disk would be charged to whoever syncs first.
    await captureOrThrow("sync", []);
    return { path, bytes: bytesOfStore(path), records };
  }
}

/** The time of a store's record, seconds; `share` is how far into the store, 0 to 1. */
export function timeInStore({ records }: SampleStore, share: number): number {
  return FIRST_TIMESTAMP + Math.floor(records * share) / RECORDS_PER_SECOND;
}
