/**
 * Records on their way to the streams of their kinds.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Acknowledgement } from "../../../backend/backend.ts";
import type { EncodedRecord } from "../../../backend/persistence_base.ts";
import { messageOf, PapyraError } from "../../../errors.ts";
import { RECORD_KINDS, type RecordKind } from "../../../model/record.ts";
import { LINE_LIMITS_TEXT } from "../../../storage/format.ts";
import { fitsLine } from "../../../storage/lines/line_batch_encoder.ts";
import { sealLine } from "../../../storage/lines/line_codec.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { Signature, type StreamLine } from "./sent_write.ts";
import { StreamWriter } from "./stream_writer.ts";

/** Who is told of what was written. */
export interface AppendListener {
  /** Told of bytes that were written. */
  onWritten(bytes: number): void;
  /** Told of records that went to a server in one go, and how long it took to answer. */
  onBatch(records: number, seconds: number): void;
}

/** Takes records, and hands them to the writer of their stream's server. */
export class StreamAppender {
  readonly #servers: RedisServers;
  readonly #listener: AppendListener;
  readonly #writers: { readonly [K in RecordKind]: StreamWriter };

  /** Connects to nothing yet. */
  constructor(servers: RedisServers, listener: AppendListener) {
    this.#servers = servers;
    this.#listener = listener;
    this.#writers = writersFor(servers, listener);
  }

  /** What waits to be sent. */
  get waiting(): { readonly records: number; readonly bytes: number } {
    // Streams that are together share a writer.
    const all = [...new Set(Object.values(this.#writers))].map(({ waiting }) => waiting);
    return {
      records: all.reduce((sum, { records }) => sum + records, 0),
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** Writes records, all or none; where their streams are on several servers, that may end as UNKNOWN. */
  async append(
    records: readonly EncodedRecord[],
    signal: AbortSignal | undefined,
  ): Promise<Acknowledgement> {
    const lines = records.map((record) => this.#lineOf(record));
    // Nothing is awaited before this: the order of calls is the order of records.
    await this.#send(records, lines, signal);
    let bytes = 0;
    for (const { line } of lines) bytes += Buffer.byteLength(line) + 1;
    this.#listener.onWritten(bytes);
    return { firstSeq: null, lastSeq: null, count: records.length };
  }

  /** Resolves once everything appended so far is answered for. */
  async idle(): Promise<void> {
    await Promise.all(Object.values(this.#writers).map((writer) => writer.idle()));
  }

  /** Waits for what is on its way, and lets go of the connections. */
  async close(): Promise<void> {
    await this.idle();
    for (const writer of Object.values(this.#writers)) writer.close();
  }

  #send(
    records: readonly EncodedRecord[],
    lines: readonly StreamLine[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const first = this.#writers[records[0]!.kind];
    if (records.every(({ kind }) => this.#writers[kind] === first)) {
      return first.append(lines, signal);
    }
    const parts = Map.groupBy(lines, (_, index) => this.#writers[records[index]!.kind]);
    const written = [...parts].map(([writer, part]) => writer.append(part, signal));
    return allOrUnknown(written, this.#servers.config.location);
  }

  #lineOf({ kind, json }: EncodedRecord): StreamLine {
    if (!fitsLine(json)) {
      throw new PapyraError(
        "RECORD_TOO_LARGE",
        `Cannot record: the record takes more than ${LINE_LIMITS_TEXT}; make its payload smaller`,
      );
    }
    const line = sealLine(json.slice(0, -1));
    return { key: this.#servers.config.keys.streams[kind], line };
  }
}

// Streams that are surely on one server share a writer, which keeps them in one order.
function writersFor(
  servers: RedisServers,
  { onBatch }: AppendListener,
): { readonly [K in RecordKind]: StreamWriter } {
  const { streams } = servers.config.keys;
  const signature = new Signature();
  const together = (kind: RecordKind) =>
    RECORD_KINDS.filter((other) => servers.areTogether(streams[kind], streams[other]));
  const writers = new Map<RecordKind, StreamWriter>();
  for (const kind of RECORD_KINDS) {
    const kinds = together(kind);
    const keys = kinds.map((each) => streams[each]);
    writers.set(
      kind,
      writers.get(kinds[0]!) ?? new StreamWriter(servers, keys, signature, onBatch),
    );
  }
  return Object.fromEntries(writers) as { readonly [K in RecordKind]: StreamWriter };
}

// No transaction goes over several servers.
async function allOrUnknown(
  parts: readonly Promise<Acknowledgement>[],
  location: string,
): Promise<void> {
  const failed = (await Promise.allSettled(parts)).filter(({ status }) => status === "rejected");
  if (failed.length === 0) return;
  const [{ reason }] = failed as [PromiseRejectedResult];
  if (failed.length === parts.length) throw reason;
  const message = `A part of the records was written to ${location}, and a part was not: ` +
    `${messageOf(reason)}; with a hash tag all of them or none are`;
  throw new PapyraError("UNKNOWN", message, { cause: reason });
}
