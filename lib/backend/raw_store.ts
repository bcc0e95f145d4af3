/**
 * Records as they are stored: what copies read and write, so that nothing is rounded or left out on
 * the way.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import type { RecordKind } from "../model/record.ts";
import type { CallOptions, MaintenanceOptions, PersistenceBackend } from "./backend.ts";

/** A record that passed validation, as JSON text without `seq` and `crc`. */
export interface EncodedRecord {
  /** Its kind. */
  readonly kind: RecordKind;
  /** Its stored form, `{"kind":…}`. */
  readonly json: string;
}

/** A record as it is stored, and where. */
export interface RawRecord extends EncodedRecord {
  /** Its number, or the id of its entry; null where it has neither. */
  readonly place: string | null;
  /** Its timestamp, Unix seconds; null where it has none. */
  readonly timestamp: number | null;
  /** Whether it held NaN or Infinity, which JSON cannot carry; they are null in `json`. */
  readonly hasNonFinite: boolean;
}

/** A place for each kind; null for the beginning. */
export type RawPlaces = { readonly [K in RecordKind]: string | null };

/** What is passed over. */
export type PassedOver = "damaged" | "unknown_kind";

/** Which records to read. */
export interface RawQuery extends CallOptions {
  /** Of these kinds. */
  readonly kinds: ReadonlySet<RecordKind>;
  /** Behind these places; records without a place, behind all that come before them. */
  readonly after: RawPlaces;
  /** Called for each line or entry that is no record of a known kind. */
  readonly onPassedOver?: (what: PassedOver) => void;
  /** Called now and then with how much was read, and how much there is; bytes, or entries. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What the only maintenance run of a store may do beside recording. */
export interface RawMaintenance {
  /** Replaces the notes on copies, so that they last. */
  writeNotes(text: string): Promise<void>;
  /** Writes a receipt of what was done; its id. */
  writeReceipt(
    operation: string,
    details: { readonly [name: string]: unknown },
  ): Promise<string>;
}

/** What a backend serves copies with. */
export interface RawPrimitives {
  /** Whether records of all kinds are in one order, by their places. */
  readonly sharesPlaces: boolean;
  /** What tells the store from every other; never with a password. */
  identity(): Promise<string>;
  /** Yields records, oldest first, as far as there are any when it begins. Retention plays no part. */
  read(query: RawQuery): AsyncIterable<readonly RawRecord[]>;
  /** The last place that was given to a record of each kind, whether that is still there or not. */
  ends(): Promise<RawPlaces>;
  /** The notes on copies that were made to this store; null where there are none. */
  readNotes(): Promise<string | null>;
  /** Runs `body` as the only maintenance run. Throws BUSY where another has the store. */
  maintain<T>(
    operation: string,
    options: MaintenanceOptions,
    body: (maintenance: RawMaintenance) => Promise<T>,
  ): Promise<T>;
}

/** A store as a copy sees it. */
export interface RawStore extends RawPrimitives {
  /** Records in order, all of them or none; resolves once they are as durable as the store promises. */
  append(records: readonly EncodedRecord[]): Promise<void>;
}

/** The name under which backends serve {@linkcode rawStoreOf}. */
export const RAW_STORE: unique symbol = Symbol("papyra.rawStore");

/** A store as a copy sees it. Throws UNSUPPORTED where the backend keeps no such text. */
export function rawStoreOf(store: PersistenceBackend): RawStore {
  const raw = (store as { [RAW_STORE]?: () => RawStore | null })[RAW_STORE]?.() ?? null;
  if (raw !== null) return raw;
  throw new PapyraError(
    "UNSUPPORTED",
    `Cannot copy ${store.location}: ${store.name} does not give records as they are stored`,
  );
}
