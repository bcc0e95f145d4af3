/**
 * Ingestion with its acknowledgements on standard output.
 *
 * @module
 */

import type { PersistenceBackend } from "../backend/backend.ts";
import type { PapyraError } from "../errors.ts";
import { ingest, type IngestReport, type LineAcknowledgement } from "../operations/ingest.ts";
import { extendedError } from "./extended_error.ts";
import { snakeCase } from "../model/json_document.ts";
import { JsonList } from "./printers/json_list.ts";
import { endWithError } from "./listing.ts";
import { printReport } from "./report.ts";
import type { Session } from "./session.ts";

const SKIPPED_SHOWN_MAX = 10;

/** What the user wants to see of an ingestion. */
export interface IngestingOptions {
  /** Print each sequence number. */
  readonly printAcks: boolean;
  /** Go on after a line that cannot be taken. */
  readonly skipInvalid: boolean;
}

/** Records standard input and prints what became of it. */
export async function ingestInto(
  store: PersistenceBackend,
  options: IngestingOptions,
  session: Session,
): Promise<void> {
  const run = new Ingesting(store, options, session);
  try {
    await run.end(
      await ingest(store, session.terminal.stdin, {
        signal: session.signal,
        skipInvalid: options.skipInvalid,
        onAcknowledged: (acknowledged) => run.acknowledge(acknowledged),
        onSkipped: (error) => run.noteSkipped(error),
      }),
    );
  } catch (error) {
    throw await run.fail(error);
  }
}

class Ingesting {
  readonly #printAcks: boolean;
  readonly #session: Session;
  readonly #store: PersistenceBackend;
  readonly #list: JsonList;
  #acknowledged = 0;
  #skipped = 0;

  constructor(store: PersistenceBackend, { printAcks }: IngestingOptions, session: Session) {
    this.#printAcks = printAcks;
    this.#session = session;
    this.#store = store;
    this.#list = new JsonList(session.output, {
      schema: "ingest",
      fields: { store: store.location },
      name: "acks",
    });
  }

  async acknowledge(acknowledged: readonly LineAcknowledgement[]): Promise<void> {
    this.#acknowledged += acknowledged.length;
    if (!this.#printAcks) return;
    const { output, isJson } = this.#session;
    for (const { line, seq } of acknowledged) {
      if (isJson) await this.#list.item({ line, seq });
      else await output.line(String(seq ?? "-"));
    }
    // Whoever waits for an acknowledgement must not wait for the next one too.
    await output.flush();
  }

  noteSkipped(error: PapyraError): void {
    this.#skipped++;
    const { notes } = this.#session;
    if (this.#skipped <= SKIPPED_SHOWN_MAX) void notes.note(`skipped: ${error.message}`);
    else if (this.#skipped === SKIPPED_SHOWN_MAX + 1) void notes.note("skipped: more lines …");
  }

  async end(report: IngestReport): Promise<void> {
    const { isJson, notes } = this.#session;
    if (this.#printAcks && isJson) {
      return this.#list.end(snakeCase(report) as { [name: string]: unknown });
    }
    const text = reportText(report);
    if (this.#printAcks) return notes.note(text);
    await printReport(this.#session, {
      schema: "ingest",
      fields: { store: this.#store.location, ...report },
      lines: [["Ingest completed"], [text]],
      isRoutine: report.skipped === 0,
    });
  }

  fail(error: unknown): Promise<unknown> {
    const more = `records acknowledged before that: ${this.#acknowledged}`;
    return endWithError(this.#session, this.#list, extendedError(error, more));
  }
}

function reportText({ lines, recorded, skipped, firstSeq, lastSeq }: IngestReport): string {
  const seqs = firstSeq === null ? "" : ` as ${firstSeq} to ${lastSeq}`;
  return `${lines} lines read, ${recorded} records acknowledged${seqs}, ${skipped} lines skipped`;
}
