/**
 * A compaction that keeps nearly everything, beside `cp` and `sync`, which do nothing but copy.
 *
 * @module
 */

import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../mod.ts";
import { capture } from "../_run.ts";
import type { BenchContext, Workload } from "./_workload.ts";

const REMOVED_SHARE = 0.01;

/** Bytes a second. */
export const compact: Workload = {
  name: "compact",
  unit: "bytes",
  variants: (context) => {
    const copy = join(context.directory, "copy.ndjson");
    const compacted = join(context.directory, "compacted.ndjson");
    return [
      {
        name: "cp + sync",
        prepare: () => rmSync(copy, { force: true }),
        run: () => copyAndSync(context, copy),
      },
      {
        name: "papyra",
        prepare: () => copyFileSync(context.store, compacted),
        run: () => compactStore(context, compacted),
      },
    ];
  },
};

async function copyAndSync({ store, storeBytes }: BenchContext, copy: string): Promise<number> {
  const { code } = await capture("sh", ["-c", 'cp "$0" "$1" && sync "$1"', store, copy]);
  if (code !== 0) throw new Error(`Cannot copy ${store}: exit ${code}`);
  return storeBytes;
}

async function compactStore({ storeBytes }: BenchContext, path: string): Promise<number> {
  await using store = await openStore(`file:${path}`);
  const maxTotalBytes = Math.floor(storeBytes * (1 - REMOVED_SHARE));
  const report = await store.compact({ retention: { byKind: { event: { maxTotalBytes } } } });
  return report.beforeBytes;
}
