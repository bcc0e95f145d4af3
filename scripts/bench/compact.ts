/**
 * Compaction: a store is written anew without what has expired.
 *
 * @module
 */

import { goalsBesideCopying, Rewriting } from "./_rewriting.ts";
import { type SampleStore, timeInStore } from "./_sample_stores.ts";
import type { BenchContext, Workload } from "./_workload.ts";

const KEPT_SHARES = [0.01, 0.5, 0.99];
// Of each kind; nearly all records are events.
const NEWEST_SHARE = 0.5;

/** What is kept, in words and as the options that say so. */
interface Kept {
  readonly what: string;
  readonly args: () => readonly string[];
  readonly retention: () => { readonly maxAgeSeconds: number } | { readonly maxRecords: number };
}

/** Compaction that keeps little, half and nearly all, beside copying the whole store. */
export async function compact(context: BenchContext): Promise<Workload> {
  const store = await context.stores.whole();
  const rewriting = new Rewriting(context, store);
  const variants = [...KEPT_SHARES.map((share) => byAge(store, share)), byNumber(store)].flatMap(
    ({ what, args, retention }) => [
      rewriting.module(
        `papyra, ${what}, module on Deno`,
        "compact",
        () => ({ retention: retention() }),
      ),
      rewriting.executable(
        `papyra, ${what}, executable`,
        () => ["persistence", "compact", ...args()],
      ),
    ],
  );
  return {
    name: "Compaction",
    unit: "MB/s",
    about: "Megabytes of the store before. Every line is verified, what is kept is synced, and " +
      "takes the store's place. `cp` copies all of the store, whatever is kept beside it.",
    variants: [rewriting.copying(), ...variants],
    goals: goalsBesideCopying(variants),
  };
}

function byAge(store: SampleStore, share: number): Kept {
  const since = timeInStore(store, 1 - share);
  // An age is counted from now, which goes on.
  const maxAgeSeconds = (): number => Math.round(Date.now() / 1000 - since);
  return {
    what: `${share * 100} % by age`,
    args: () => ["--max-age", `${maxAgeSeconds()}s`],
    retention: () => ({ maxAgeSeconds: maxAgeSeconds() }),
  };
}

function byNumber({ records }: SampleStore): Kept {
  const maxRecords = Math.floor(records * NEWEST_SHARE);
  return {
    what: `${NEWEST_SHARE * 100} % by number`,
    args: () => ["--max-records", `${maxRecords}`],
    retention: () => ({ maxRecords }),
  };
}
