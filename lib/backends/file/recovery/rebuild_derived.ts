/**
 * Writes everything derived in the sidecar anew, from the data.
 *
 * @module
 */

import { listParts } from "../../../storage/store_parts.ts";
import { openIfThere, removeIfThere } from "../../../storage/whole_file.ts";
import { loadTotals } from "../store/file_metrics.ts";
import type { FileStore } from "../store/file_store.ts";
import { newReceiptId, writeIntent, writeOutcome } from "../receipts/receipts.ts";
import type { DetailedScan } from "../scanning/scan_store.ts";

/** Rebuilds `state.json` from what a scan found, and clears counters that cannot be read. */
export async function rebuildDerived(store: FileStore, scan: DetailedScan): Promise<string> {
  const { fileSystem, paths, sidecar } = store;
  const durableSeq = scan.highestShownSeq;
  const areMetricsBroken = (await loadTotals(store)).state === "broken";
  const receipt = newReceiptId(store.now());
  await writeIntent(store, receipt, {
    operation: "rebuild",
    file: paths.active,
    old: null,
    new: null,
    details: { durable_seq: durableSeq, metrics_cleared: areMetricsBroken },
  });
  await syncData(store);
  await sidecar.resetState(durableSeq);
  if (areMetricsBroken) await removeIfThere(fileSystem, sidecar.pathOf("metrics"));
  await writeOutcome(store, receipt, "done");
  return receipt;
}

// What the state calls durable must be. Whoever seals a file meanwhile syncs it first.
async function syncData({ fileSystem, paths }: FileStore): Promise<void> {
  for (const { path } of await listParts(fileSystem, paths)) {
    const file = await openIfThere(fileSystem, path);
    try {
      await file?.sync();
    } finally {
      await file?.close();
    }
  }
}
