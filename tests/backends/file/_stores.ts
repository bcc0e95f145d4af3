/**
 * File stores for tests, made of lines, and what can be asked about them.
 *
 * @module
 */

import { join } from "node:path";
import {
  type JsonFileOptions,
  JsonFilePersistence,
} from "../../../lib/backends/file/json_file_persistence.ts";
import type { PersistenceBackend } from "../../../lib/backend/backend.ts";
import type { Anomaly, AnomalyCode } from "../../../lib/model/anomaly.ts";
import type { StoredRecord } from "../../../lib/model/record.ts";
import type { Receipt, ScanReport } from "../../../lib/model/report.ts";
import { encodeCheckpoint, SeqDigest } from "../../../lib/storage/lines/checkpoint.ts";
import { assertEquals } from "../../_assert.ts";
import { tempTest } from "../../_temp.ts";

/** The moment at which the clocks of these stores stand. */
export const NOW = 1_700_001_000;

/** A store's place, and the stores that a test opened there. */
export class StoreStage implements AsyncDisposable {
  readonly directory: string;
  readonly path: string;
  readonly sidecar: string;
  readonly #opened: JsonFilePersistence[] = [];

  constructor(directory: string) {
    this.directory = directory;
    this.path = join(directory, "events.ndjson");
    this.sidecar = join(directory, ".events.ndjson.papyra");
  }

  /** Opens the store; it is closed when the test ends. */
  open(options: JsonFileOptions = {}, path = this.path): JsonFilePersistence {
    const store = new JsonFilePersistence(path, { clock: () => NOW, ...options });
    this.#opened.push(store);
    return store;
  }

  /** Puts lines, each ended by a newline, in place of the store's content. */
  async write(...lines: readonly string[]): Promise<void> {
    await Deno.writeTextFile(this.path, lines.map((line) => `${line}\n`).join(""));
  }

  /** The store's lines; the last one must be whole. */
  async lines(): Promise<string[]> {
    const lines = (await Deno.readTextFile(this.path)).split("\n");
    assertEquals(lines.pop(), "", "the file ends in a newline");
    return lines;
  }

  /** The store's lines but its checkpoints. */
  async records(): Promise<string[]> {
    return (await this.lines()).filter((line) => !line.startsWith('{"kind":"checkpoint"'));
  }

  /** Scans with a store of its own. */
  async scan(options: JsonFileOptions = {}): Promise<ScanReport> {
    await using store = new JsonFilePersistence(this.path, { clock: () => NOW, ...options });
    return await store.scan();
  }

  /** Closes every store that was opened: open ones write down their metrics now and then. */
  async closeAll(): Promise<void> {
    // A test may have made closing fail, and have seen that.
    await Promise.allSettled(this.#opened.splice(0).map((store) => store.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.closeAll();
  }
}

/** A test with a store's place of its own. */
export function storeTest(name: string, body: (stage: StoreStage) => Promise<void>): void {
  tempTest(name, async (directory) => {
    await using stage = new StoreStage(directory);
    await body(stage);
  });
}

/** A checkpoint behind records with these numbers. */
export function checkpointLine(
  to: number,
  seqs: readonly number[] = [],
  more: { readonly foreign?: number; readonly version?: number; readonly from?: number } = {},
): string {
  const digest = new SeqDigest();
  for (const seq of seqs) digest.add(seq);
  const { foreign = 0, version = 1, from = 1 } = more;
  const { count, crc: seqsCrc } = digest;
  return encodeCheckpoint({ version, from, to, count, seqsCrc, foreign }, NOW);
}

/** What a scan found, as far as tests compare it. */
export type Found = readonly [code: AnomalyCode, line: number | null, seq: number | null];

/** What a scan found. */
export function found({ anomalies }: ScanReport): Found[] {
  return anomalies.map(({ code, line, seq }) => [code, line, seq]);
}

/** The codes of what a scan found. */
export function codes({ anomalies }: { readonly anomalies: readonly Anomaly[] }): AnomalyCode[] {
  return anomalies.map(({ code }) => code);
}

/** Everything that a store gives, whatever its retention says. */
export async function everything(store: PersistenceBackend): Promise<StoredRecord[]> {
  return await collect(store.records(undefined, { retention: {} }));
}

/** The receipts of a store. */
export async function receiptsOf(store: PersistenceBackend): Promise<Receipt[]> {
  return await collect(store.history());
}

/** Reads to the end. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
