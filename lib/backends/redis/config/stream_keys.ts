/**
 * The keys of a store on Redis: the original's names.
 *
 * @module
 */

import { RECORD_KINDS, type RecordKind } from "../../../model/record.ts";

/** What tells one store from another on the same server. */
export interface StoreName {
  /** What all keys begin with. */
  readonly prefix: string;
  /** The system whose records they hold. */
  readonly systemId: string;
  /** Whether all keys share one slot of a Cluster, by a hash tag that the original does not write. */
  readonly hashTag: boolean;
}

/** The keys of one store. */
export interface StreamKeys {
  /** The stream of each kind of record. */
  readonly streams: { readonly [K in RecordKind]: string };
  /** The stream of what maintenance did. */
  readonly receipts: string;
  /** The hash of the counters. */
  readonly metrics: string;
  /** The lease of the one maintenance run. */
  readonly maintenance: string;
  /** The notes on copies that were made to this store. */
  readonly copies: string;
  /** What the keys of streams of put aside entries begin with. */
  readonly quarantine: string;
}

const STREAM_NAMES = {
  event: "events",
  audit: "audits",
  dead_letter: "dead_letters",
} as const satisfies { readonly [K in RecordKind]: string };

/** The keys of a store. */
export function streamKeys({ prefix, systemId, hashTag }: StoreName): StreamKeys {
  const base = hashTag ? `{${prefix}:${systemId}}` : `${prefix}:${systemId}`;
  const streams = RECORD_KINDS.map((kind) => [kind, `${base}:${STREAM_NAMES[kind]}`]);
  return {
    streams: Object.fromEntries(streams),
    receipts: `${base}:receipts`,
    metrics: `${base}:metrics`,
    maintenance: `${base}:maintenance`,
    copies: `${base}:copies`,
    quarantine: `${base}:quarantine`,
  };
}

/** The stream that entries of `source` are put aside in. */
export function quarantineKey(quarantine: string, source: string): string {
  return `${quarantine}:${source.replaceAll(":", "_")}`;
}
