/** What is asked of a store while faults strike, and what its callers are told. */

import type { FilePersistence } from "../../lib/backends/file/file_persistence.ts";
import type { Durability } from "../../lib/model/mode.ts";
import type { CompactionReport, RecoveryReport } from "../../lib/model/report.ts";
import { PowerCut } from "./_simulated_file_system.ts";

const REFUSALS: ReadonlySet<unknown> = new Set(["NOT_WRITTEN", "STORE_FAILED"]);

/** The notes of one run. Records are events, known by their type. */
export class Ledger {
  /** Names of records that were to be written, in order. */
  readonly submitted: string[] = [];
  /** Names of records that were acknowledged, in order. */
  readonly acknowledged: string[] = [];
  /** Names of those that a power cut must not take away. */
  durable: readonly string[] = [];
  /** Names of records that surely were not written, as their callers were told. */
  readonly refused: string[] = [];
  /** Names of records of which nobody can tell, as their callers were told. */
  readonly uncertain: string[] = [];
  /** Refusals that leave a caller without either answer. */
  readonly unclear: unknown[] = [];
  /** The largest number that was given. */
  highestSeq = 0;
  /** The largest number that was given to what is durable. */
  highestDurableSeq = 0;
  /** Whether maintenance said that it is through. */
  isMaintained = false;
  /** Removed bytes for which there was no room, as maintenance handed them over: latin1. */
  handedOver = "";
  readonly #durability: Durability;
  readonly #prefix: string;

  constructor(durability: Durability, prefix = "") {
    this.#durability = durability;
    this.#prefix = prefix;
  }

  /** Records an event and notes what its caller was told. */
  async record(store: FilePersistence, plainName: string): Promise<void> {
    const name = this.#prefix + plainName;
    this.submitted.push(name);
    try {
      const { lastSeq } = await store.recordEvent({ eventType: name });
      this.acknowledged.push(name);
      this.highestSeq = lastSeq!;
    } catch (error) {
      this.#noteRefusal(name, error);
      throw error;
    }
    if (this.#durability === "always") this.#noteSynced();
  }

  /** Records several at once; throws the first refusal once all have their answer. */
  async recordTogether(store: FilePersistence, names: readonly string[]): Promise<void> {
    await allDone(names.map((name) => this.record(store, name)));
  }

  /** Flushes, whereupon everything is durable. */
  async flush(store: FilePersistence): Promise<void> {
    await store.flush();
    this.#noteSynced();
  }

  /** Closes, whereupon everything is durable. */
  async close(store: FilePersistence): Promise<void> {
    await store.close();
    this.#noteSynced();
  }

  /** Runs maintenance. */
  async maintain(body: () => Promise<CompactionReport | RecoveryReport>): Promise<void> {
    const report = await body();
    if ("unstored" in report) this.handedOver += atob(report.unstored);
    this.isMaintained = true;
  }

  #noteSynced(): void {
    this.durable = [...this.acknowledged];
    this.highestDurableSeq = this.highestSeq;
  }

  #noteRefusal(name: string, error: unknown): void {
    const { code } = error as { code?: unknown };
    if (REFUSALS.has(code)) {
      this.refused.push(name);
      return;
    }
    this.uncertain.push(name);
    if (code !== "UNKNOWN" && !(error instanceof PowerCut)) this.unclear.push(error);
  }
}

/** Waits for all; throws the first failure then. */
export async function allDone(promises: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
