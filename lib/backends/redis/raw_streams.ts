/**
 * What a store on Redis serves copies with.
 *
 * @module
 */

import type { MaintenanceOptions } from "../../backend/backend.ts";
import type {
  RawMaintenance,
  RawPlaces,
  RawPrimitives,
  RawQuery,
  RawRecord,
} from "../../backend/raw_store.ts";
import { RECORD_KINDS } from "../../model/record.ts";
import { storedJson } from "../../storage/lines/stored_json.ts";
import { FIRST_ID } from "./streams/entry_id.ts";
import { withLease } from "./maintenance/maintenance_lease.ts";
import { mergeStreams } from "./reading/merge_streams.ts";
import type { MaintenanceContext } from "./maintenance/maintenance_context.ts";
import { type StreamEntry, verdictOn } from "./streams/stream_entry.ts";
import { streamsOf } from "./streams/stream_look.ts";
import { streamPages } from "./streams/stream_pages.ts";
import type { StreamReceipts } from "./maintenance/stream_receipts.ts";

/** A store on Redis as copies see it. */
export class RawStreams implements RawPrimitives {
  /** Each kind has a stream of its own. */
  readonly sharesPlaces = false;
  readonly #context: MaintenanceContext;
  readonly #receipts: StreamReceipts;

  constructor(context: MaintenanceContext, receipts: StreamReceipts) {
    this.#context = context;
    this.#receipts = receipts;
  }

  /** Its URL. */
  identity(): Promise<string> {
    return Promise.resolve(this.#context.servers.config.location);
  }

  /** Yields the entries of its streams, as far as they go when it begins. */
  async *read(query: RawQuery): AsyncGenerator<readonly RawRecord[]> {
    const { servers } = this.#context;
    const { kinds, after, signal, onProgress } = query;
    const streams = await streamsOf(servers, kinds);
    if (streams.size === 0) return;
    const total = [...streams.values()].reduce((sum, { length }) => sum + length, 0);
    const pages = [...streams].map(([kind, { lastId: to }]) => {
      const from = after[kind] === null ? "-" : `(${after[kind]}`;
      return streamPages(servers, { kind, from, to }, { signal });
    });
    let done = 0;
    for await (const page of mergeStreams(pages, false)) {
      const records = page.map((entry) => asRaw(entry, query)).filter((record) => record !== null);
      onProgress?.(done = Math.min(total, done + page.length), total);
      if (records.length > 0) yield records;
    }
    onProgress?.(total, total);
  }

  /** The last id of each stream. */
  async ends(): Promise<RawPlaces> {
    const streams = await streamsOf(this.#context.servers, RECORD_KINDS);
    const placeOf = (kind: typeof RECORD_KINDS[number]) => {
      const { lastId = FIRST_ID } = streams.get(kind) ?? {};
      return lastId === FIRST_ID ? null : lastId;
    };
    return {
      event: placeOf("event"),
      audit: placeOf("audit"),
      dead_letter: placeOf("dead_letter"),
    };
  }

  /** Reads the key beside the streams. */
  async readNotes(): Promise<string | null> {
    const { servers } = this.#context;
    const key = servers.config.keys.copies;
    return await servers.call(key, ["GET", key], { action: "read" }) as string | null;
  }

  /** Holds the lease meanwhile. */
  async maintain<T>(
    _operation: string,
    options: MaintenanceOptions,
    body: (maintenance: RawMaintenance) => Promise<T>,
  ): Promise<T> {
    const { servers, now } = this.#context;
    const key = servers.config.keys.copies;
    return await withLease(servers, options, (lease) =>
      body({
        writeNotes: async (text) => {
          await lease.assertHeld();
          await servers.call(key, ["SET", key, text], { action: "write" });
        },
        writeReceipt: async (operation, details) => {
          await lease.assertHeld();
          return await this.#receipts.end(
            await this.#receipts.begin(operation, now(), details),
            {},
          );
        },
      }));
  }
}

function asRaw(entry: StreamEntry, { onPassedOver }: RawQuery): RawRecord | null {
  const { code, line } = verdictOn(entry);
  const stored = code === null ? storedJson(entry.line!, line!) : null;
  if (stored === null) {
    onPassedOver?.(code === "UNKNOWN_KIND" ? "unknown_kind" : "damaged");
    return null;
  }
  return { kind: entry.kind, ...stored, hasNonFinite: line!.hasNonFinite, place: entry.id };
}
