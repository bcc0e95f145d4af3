/**
 * Records one by one for a caller, from the batches of a backend.
 *
 * @module
 */

import { throwIfAborted } from "../errors.ts";
import { READ, skippedPlace } from "../metrics/series.ts";
import type { StoredRecord } from "../model/record.ts";
import type { RecordStream } from "./backend.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { MetricsKeeper } from "./metrics_keeper.ts";

/** The store whose records are handed out. */
export interface StreamedStore {
  /** Says whether it is still open. */
  readonly life: Lifecycle;
  /** What is read is counted here. */
  readonly metrics: MetricsKeeper;
}

/** A backend's answer to one query. */
export interface RecordBatches {
  /** Begins to read. A batch without records says that the next ones are yet to be recorded. */
  readonly begin: () => AsyncIterable<readonly StoredRecord[]>;
  /** Stops it. */
  readonly signal: AbortSignal | undefined;
  /** Called, and waited for, at a batch without records. */
  readonly onCaughtUp?: (() => void | Promise<void>) | undefined;
}

const DAMAGED = skippedPlace("damaged");

/** A stream that begins anew, and counts what it passes over anew, with each iteration. */
export function recordStream<T extends StoredRecord>(
  { metrics }: StreamedStore,
  prepare: (onSkipped: () => void) => () => AsyncIterator<T>,
): RecordStream<T> {
  let skipped = 0;
  const iterate = prepare(() => {
    skipped++;
    metrics.count("read_errors");
    metrics.add(DAMAGED);
  });
  return {
    get skipped(): number {
      return skipped;
    },
    [Symbol.asyncIterator]: () => {
      skipped = 0;
      return iterate();
    },
  };
}

/** Hands out the records of a backend's batches, as long as the store is open. */
export async function* eachRecord<T extends StoredRecord>(
  { life, metrics }: StreamedStore,
  { begin, signal, onCaughtUp }: RecordBatches,
): AsyncGenerator<T> {
  const counted = () => countingErrors(metrics, begin(), signal);
  for await (const batch of life.guard(counted, signal)) {
    if (batch.length === 0) await onCaughtUp?.();
    for (const record of batch) {
      life.assertOpen();
      throwIfAborted(signal);
      metrics.add(READ[record.kind]);
      yield record as T;
    }
  }
}

/** Everything that a stream yields. */
export async function collect<T extends StoredRecord>(stream: RecordStream<T>): Promise<T[]> {
  const records: T[] = [];
  for await (const record of stream) records.push(record);
  return records;
}

async function* countingErrors<T>(
  metrics: MetricsKeeper,
  items: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    if (!signal?.aborted) metrics.count("read_errors");
    throw error;
  }
}
