/**
 * Looks at every entry of the streams, and at what consumer groups wait for.
 *
 * @module
 */

import { AnomalyCollector } from "../../../backend/anomaly_collector.ts";
import type { ScanOptions } from "../../../backend/backend.ts";
import { PapyraError } from "../../../errors.ts";
import { RECORD_KINDS, type RecordKind } from "../../../model/record.ts";
import type { ScanReport } from "../../../model/report.ts";
import { shellWord } from "../../../model/shell_word.ts";
import { danglingEntries } from "../groups/dangling_entries.ts";
import type { MaintenanceContext } from "./maintenance_context.ts";
import { reasonOf } from "../streams/entry_fault.ts";
import { lookAt, type StreamLook } from "../streams/stream_look.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { type EntryVerdict, type StreamEntry, verdictOn } from "../streams/stream_entry.ts";
import { streamPages } from "../streams/stream_pages.ts";
import { StreamTally, unionOf } from "./stream_tally.ts";

/** Scans a store. */
export async function scanStreams(
  { servers, backend, now }: MaintenanceContext,
  options: ScanOptions,
): Promise<ScanReport> {
  const startedAt = now();
  assertSample(options.sampleEntries);
  const scan = new Scan(servers, options, startedAt);
  const look = await lookAt(servers, RECORD_KINDS);
  await scan.run(look);
  return {
    backend,
    store: servers.config.location,
    exists: look.exists,
    ...scan.findings,
    reused: null,
    ...(options.sampleEntries === undefined ? {} : { sampleEntries: options.sampleEntries }),
    seqs: null,
    startedAt,
    durationSeconds: now() - startedAt,
  };
}

class Scan {
  readonly #servers: RedisServers;
  readonly #options: ScanOptions;
  readonly #anomalies = new AnomalyCollector();
  readonly #tallies: { readonly [K in RecordKind]: StreamTally };
  #done = 0;

  constructor(servers: RedisServers, options: ScanOptions, nowSeconds: number) {
    this.#servers = servers;
    this.#options = options;
    this.#tallies = {
      event: new StreamTally(nowSeconds),
      audit: new StreamTally(nowSeconds),
      dead_letter: new StreamTally(nowSeconds),
    };
  }

  get findings() {
    const { event, audit, dead_letter } = this.#tallies;
    const all = [event, audit, dead_letter];
    const sum = (of: (tally: StreamTally) => number) =>
      all.reduce((total, tally) => total + of(tally), 0);
    return {
      ...this.#anomalies.summary(),
      records: { event: event.records, audit: audit.records, dead_letter: dead_letter.records },
      recordsOfUnknownKind: sum(({ unknown }) => unknown),
      foreignLines: sum(({ foreign }) => foreign),
      rewrittenLines: sum(({ rewritten }) => rewritten),
      bytes: sum(({ allBytes }) => allBytes),
      damagedBytes: sum(({ damagedBytes }) => damagedBytes),
      timestamps: unionOf(all.map(({ timestamps }) => timestamps)),
    };
  }

  async run({ ends, wrongTypes }: StreamLook): Promise<void> {
    const { onProgress, sampleEntries = Infinity } = this.#options;
    const total = [...ends.values()]
      .reduce((sum, { length }) => sum + Math.min(length, sampleEntries), 0);
    for (const [kind, type] of wrongTypes) this.#addWrongType(kind, type);
    for (const [kind, { lastId }] of ends) {
      await this.#scanStream(kind, lastId, total);
      await this.#scanGroups(kind);
    }
    onProgress?.(total, total);
  }

  async #scanStream(kind: RecordKind, lastId: string, total: number): Promise<void> {
    const { signal, onProgress, sampleEntries = Infinity } = this.#options;
    const isSample = sampleEntries !== Infinity;
    const range = { kind, from: "-", to: lastId, reverse: isSample };
    let left = sampleEntries;
    if (left === 0) return;
    for await (const page of streamPages(this.#servers, range, { signal })) {
      for (const entry of page.slice(0, left)) this.#take(entry);
      left -= page.length;
      this.#done = Math.min(total, this.#done + page.length);
      onProgress?.(this.#done, total);
      if (left <= 0) return;
    }
  }

  #take(entry: StreamEntry): void {
    const verdict = verdictOn(entry);
    this.#tallies[entry.kind].add(entry, verdict);
    const { code, line } = verdict;
    if (code !== null) {
      this.#add(entry, code, reasonOf(entry, verdict), code === "UNKNOWN_KIND" ? "" : "recover");
    }
    if (line?.hasNonFinite) {
      this.#add(entry, "NON_FINITE_NUMBER", "it holds NaN or Infinity, read as null", "");
    }
    if (line?.trace) this.#add(entry, "REWRITTEN_BY_OTHER_TOOL", line.trace, "");
  }

  async #scanGroups(kind: RecordKind): Promise<void> {
    const file = this.#keyOf(kind);
    for await (const { group, entries } of danglingEntries(this.#servers, file)) {
      for (const { id, consumer, deliveries } of entries) {
        this.#anomalies.add({
          code: "DANGLING_PENDING",
          file,
          entry: id,
          reason: `group "${group}" waits for consumer "${consumer}" to acknowledge it ` +
            `(given out ${deliveries} times), and it is gone`,
          next: this.#next("recover --ack-dangling"),
        });
      }
    }
  }

  #addWrongType(kind: RecordKind, type: string): void {
    const file = this.#keyOf(kind);
    this.#anomalies.add({
      code: "WRONG_KEY_TYPE",
      file,
      reason: `the key holds a ${type}, not a stream`,
      next: `redis-cli RENAME ${shellWord(file)} ${shellWord(`${file}:aside`)}`,
    });
  }

  #add(
    entry: StreamEntry,
    code: NonNullable<EntryVerdict["code"]>,
    reason: string,
    command: string,
  ): void {
    this.#anomalies.add({
      code,
      file: this.#keyOf(entry.kind),
      entry: entry.id,
      length: entry.bytes,
      reason,
      next: command === "" ? "" : this.#next(command),
    });
  }

  #keyOf(kind: RecordKind): string {
    return this.#servers.config.keys.streams[kind];
  }

  #next(command: string): string {
    return `papyra persistence ${command} --store ${shellWord(this.#servers.config.location)}`;
  }
}

function assertSample(sampleEntries: number | undefined): void {
  if (sampleEntries === undefined || (Number.isInteger(sampleEntries) && sampleEntries >= 0)) {
    return;
  }
  throw new PapyraError(
    "INVALID_ARGUMENT",
    `Cannot look at a sample of ${sampleEntries} entries: it must be a whole number from 0 up`,
  );
}
