/**
 * Entries for a consumer on standard output: acknowledged once they were written out, and not before.
 *
 * @module
 */

import type { GroupBackend } from "../backend/group_backend.ts";
import type { ConsumedEntry } from "../model/consumer_group.ts";
import type { RecordKind } from "../model/record.ts";
import { OutputClosed } from "./output.ts";
import { consumedToJson } from "./printers/consumed_json.ts";
import { jsonText } from "../model/json_document.ts";
import type { Session } from "./session.ts";

/** What is asked for. */
export interface ConsumingOptions {
  readonly kind: RecordKind;
  readonly group: string;
  readonly consumer: string;
  readonly maxDeliveries: number | undefined;
  readonly createFrom: string | undefined;
  readonly limit: number | undefined;
  readonly count: number;
  readonly noAck: boolean;
  readonly follow: boolean;
}

/** Prints entries until there are no more, or as they come. */
export async function consumeInto(
  store: GroupBackend,
  options: ConsumingOptions,
  session: Session,
): Promise<void> {
  const run = new Consuming(store, options, session);
  try {
    await run.print();
  } catch (error) {
    // What was printed before somebody stopped it is not printed again.
    if (!(error instanceof OutputClosed)) await run.settle().catch(() => {});
    throw error;
  }
}

class Consuming {
  readonly #store: GroupBackend;
  readonly #options: ConsumingOptions;
  readonly #session: Session;
  #printed: string[] = [];
  #faulty = 0;
  #deadLettered = 0;

  constructor(store: GroupBackend, options: ConsumingOptions, session: Session) {
    this.#store = store;
    this.#options = options;
    this.#session = session;
  }

  async print(): Promise<void> {
    const { kind, group, consumer, createFrom, maxDeliveries, limit, count, follow } =
      this.#options;
    const entries = this.#store.consumeEach(kind, {
      group,
      consumer,
      count,
      ensureGroup: createFrom !== undefined,
      ...(createFrom === undefined ? {} : { startId: createFrom }),
      ...(maxDeliveries === undefined ? {} : { deliveriesMax: maxDeliveries }),
      ...(limit === undefined ? {} : { limit }),
      ...(follow ? {} : { blockMs: 0, endWhenIdle: true }),
      onDeadLetter: () => void this.#deadLettered++,
      onCaughtUp: () => this.settle(),
      signal: this.#session.signal,
    });
    for await (const entry of entries) await this.#print(entry);
    await this.settle();
  }

  /** Has everything that was printed taken by whoever reads, then acknowledges it. */
  async settle(): Promise<void> {
    const { output, notes } = this.#session;
    await output.flush();
    const { kind, group, noAck } = this.#options;
    const ids = this.#printed;
    this.#printed = [];
    if (!noAck && ids.length > 0) await this.#store.ack(kind, { group, ids });
    if (this.#faulty > 0) {
      await notes.note(`${this.#faulty} entries are no records, see their "fault"`);
    }
    if (this.#deadLettered > 0) {
      await notes.note(`${this.#deadLettered} entries were given out too often: dead letters now`);
    }
    this.#faulty = this.#deadLettered = 0;
  }

  async #print(entry: ConsumedEntry): Promise<void> {
    await this.#session.output.raw(`${jsonText(consumedToJson(entry))}\n`);
    this.#printed.push(entry.id);
    if (entry.fault !== null) this.#faulty++;
  }
}
