/**
 * The newest 50 events of a large store, beside `tail`.
 *
 * @module
 */

import { openStore } from "../../mod.ts";
import { captureOrThrow } from "../_run.ts";
import type { BenchContext, Workload } from "./_workload.ts";

const LIMIT = 50;

/** Listings a second: the process of `tail`, and a store opened, read and closed. */
export const newest: Workload = {
  name: "newest 50",
  unit: "listings",
  variants: (context) => [
    { name: "tail -n 50", run: () => tail(context) },
    { name: "papyra", run: () => list(context) },
  ],
};

async function tail({ store }: BenchContext): Promise<number> {
  await captureOrThrow("tail", ["-n", String(LIMIT), store]);
  return 1;
}

async function list({ store }: BenchContext): Promise<number> {
  await using backend = await openStore(`file:${store}`);
  const events = await backend.listEvents({ limit: LIMIT });
  if (events.length !== LIMIT) throw new Error(`Cannot measure: ${events.length} events listed`);
  return 1;
}
