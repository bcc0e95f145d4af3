/**
 * What is fuzzed: the operations of a store, one process each. Canaries put broken ones in their place.
 *
 * @module
 */

import type { CompactionOptions, RecordQuery, RecoveryConfig } from "../../lib/backend/backend.ts";
import type { RecordInput, RecordKind, StoredRecord } from "../../lib/model/record.ts";
import type {
  CompactionReport,
  Receipt,
  RecoveryPlan,
  RecoveryReport,
  ScanReport,
} from "../../lib/model/report.ts";
import type { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { withStore } from "./store_parts.ts";

/** What a reader asks for. */
export interface Reading {
  readonly kinds: readonly RecordKind[];
  readonly query: RecordQuery;
}

/** The operations. Each opens the store at `STORE_PATH` on the disk, and closes it. */
export interface Subject {
  scan(disk: MemoryFileSystem): Promise<ScanReport>;
  recover(disk: MemoryFileSystem, config: RecoveryConfig): Promise<RecoveryReport>;
  plan(disk: MemoryFileSystem, config: RecoveryConfig): Promise<RecoveryPlan>;
  compact(disk: MemoryFileSystem, options: CompactionOptions): Promise<CompactionReport>;
  read(disk: MemoryFileSystem, reading?: Reading): Promise<StoredRecord[]>;
  /** Writes records; returns the last number. */
  write(disk: MemoryFileSystem, records: readonly RecordInput[]): Promise<number>;
  history(disk: MemoryFileSystem): Promise<Receipt[]>;
}

/** The real ones. */
export const STORE: Subject = {
  scan: (disk) => withStore(disk, (store) => store.scan()),
  recover: (disk, config) => withStore(disk, (store) => store.recover(config)),
  plan: (disk, config) => withStore(disk, (store) => store.planRecovery(config)),
  compact: (disk, options) => withStore(disk, (store) => store.compact(options)),
  read: (disk, reading) =>
    withStore(disk, (store) => collect(store.records(reading?.kinds, reading?.query))),
  write: (disk, records) =>
    withStore(disk, async (store) => (await store.recordMany(records)).lastSeq ?? 0),
  history: (disk) => withStore(disk, (store) => collect(store.history())),
};

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
