/**
 * Recovery: a store is written anew without what is damaged.
 *
 * @module
 */

import { goalsBesideCopying, Rewriting } from "./_rewriting.ts";
import type { BenchContext, Workload } from "./_workload.ts";

/** Repair of a single damaged line, beside copying the whole store. */
export async function recover(context: BenchContext): Promise<Workload> {
  const rewriting = new Rewriting(context, await context.stores.damagedOnce());
  const variants = [
    rewriting.module("papyra, module on Deno", "recover", () => ({})),
    rewriting.executable(
      "papyra, executable",
      () => ["persistence", "recover", "--mode", "repair"],
    ),
  ];
  return {
    name: "Recovery",
    unit: "MB/s",
    about:
      "A bit is flipped in a line in the middle of the store. The store is scanned, the line " +
      "taken out and kept aside, all else synced into a file that takes the store's place, and " +
      "that is scanned again.",
    variants: [rewriting.copying(), ...variants],
    goals: goalsBesideCopying(variants),
  };
}
