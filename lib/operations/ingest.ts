/**
 * Records from a stream of NDJSON, in constant memory.
 *
 * @module
 */

import type { CallOptions, PersistenceBackend } from "../backend/backend.ts";
import { abortError, PapyraError, throwIfAborted } from "../errors.ts";
import { type AcknowledgementCallback, BatchSender } from "./batch_sender.ts";
import { type InputLine, LineCutter } from "./input_lines.ts";
import { INPUT_LINE_BYTES_MAX, readInputLine } from "./input_record.ts";

export type { AcknowledgementCallback, LineAcknowledgement } from "./batch_sender.ts";

/** How to ingest. */
export interface IngestOptions extends CallOptions {
  /** Count lines that cannot be taken, and go on. @default {false} */
  readonly skipInvalid?: boolean;
  /** Called with the records that became durable, in order. */
  readonly onAcknowledged?: AcknowledgementCallback;
  /** Called for each line that was skipped, with the reason. */
  readonly onSkipped?: (error: PapyraError) => void;
}

/** What was ingested. */
export interface IngestReport {
  /** Lines read, blank ones included. */
  readonly lines: number;
  /** Records acknowledged. */
  readonly recorded: number;
  /** Lines skipped. */
  readonly skipped: number;
  /** Sequence number of the first record; null where there is none. */
  readonly firstSeq: number | null;
  /** Sequence number of the last record; null where there is none. */
  readonly lastSeq: number | null;
}

/**
 * Records every line of `input`.
 *
 * A line that cannot be taken stops it with INVALID_INPUT and the line's number, once everything
 * before that line is acknowledged; nothing after it is recorded. The same holds for ABORTED.
 */
export async function ingest(
  store: PersistenceBackend,
  input: AsyncIterable<Uint8Array>,
  options: IngestOptions = {},
): Promise<IngestReport> {
  const run = new Ingestion(store, options);
  try {
    for await (const chunk of untilAborted(input, run.stopped)) await run.take(chunk);
    await run.takeEnd();
  } catch (error) {
    await run.finish();
    throw error;
  }
  await run.finish();
  throwIfAborted(options.signal);
  return run.report;
}

class Ingestion {
  readonly #cutter = new LineCutter(INPUT_LINE_BYTES_MAX);
  readonly #sender: BatchSender;
  readonly #store: PersistenceBackend;
  readonly #options: IngestOptions;
  #lines = 0;
  #skipped = 0;
  #recorded = 0;
  #firstSeq: number | null = null;
  #lastSeq: number | null = null;

  constructor(store: PersistenceBackend, options: IngestOptions) {
    this.#store = store;
    this.#options = options;
    this.#sender = new BatchSender(store, (acknowledged) => {
      this.#recorded += acknowledged.length;
      this.#firstSeq ??= acknowledged[0]?.seq ?? null;
      this.#lastSeq = acknowledged.at(-1)?.seq ?? this.#lastSeq;
      return options.onAcknowledged?.(acknowledged);
    }, options.signal);
  }

  get report(): IngestReport {
    return {
      lines: this.#lines,
      recorded: this.#recorded,
      skipped: this.#skipped,
      firstSeq: this.#firstSeq,
      lastSeq: this.#lastSeq,
    };
  }

  /** Fires when there is no use in reading on. */
  get stopped(): AbortSignal {
    const { signal } = this.#options;
    return signal === undefined
      ? this.#sender.failed
      : AbortSignal.any([signal, this.#sender.failed]);
  }

  async take(chunk: Uint8Array): Promise<void> {
    await this.#takeLines(this.#cutter.cut(chunk));
    // A producer that waits for its acknowledgements must not wait for a batch to fill.
    this.#sender.sendSoon();
  }

  takeEnd(): Promise<void> {
    return this.#takeLines(this.#cutter.end());
  }

  finish(): Promise<void> {
    return this.#sender.finish();
  }

  async #takeLines(lines: Iterable<InputLine>): Promise<void> {
    for (const line of lines) {
      this.#lines = line.number;
      const record = this.#read(line);
      if (record !== null) await this.#sender.add(line.number, record, line.bytes?.length ?? 0);
    }
  }

  #read(line: InputLine): ReturnType<typeof readInputLine> {
    try {
      return readInputLine(line);
    } catch (error) {
      if (!this.#options.skipInvalid || !(error instanceof PapyraError)) throw error;
      this.#skipped++;
      this.#store.metrics.countSkipped("invalid_input");
      this.#options.onSkipped?.(error);
      return null;
    }
  }
}

async function* untilAborted<T>(
  input: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const iterator = input[Symbol.asyncIterator]();
  try {
    for (;;) {
      throwIfAborted(signal);
      const next = await nextOrAborted(iterator, signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // An input that never answers would never answer this either.
    if (!signal.aborted) await iterator.return?.();
  }
}

function nextOrAborted<T>(
  iterator: AsyncIterator<T>,
  signal: AbortSignal,
): Promise<IteratorResult<T>> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortError(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    iterator.next().then(resolve, reject).finally(() =>
      signal.removeEventListener("abort", onAbort)
    );
  });
}
