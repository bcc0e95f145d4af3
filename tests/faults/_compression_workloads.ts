/** What is done to compressed segments, and to those that are about to be, while faults strike. */

import type { FilePersistence } from "../../lib/backends/file/file_persistence.ts";
import type { Compression } from "../../lib/model/compression.ts";
import type { SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";
import { openFor, PREPARED, STORE_PATH, type Workload } from "./_workload.ts";
import {
  compacting,
  edit,
  recovering,
  segmented,
  undamaged,
  withFlippedByte,
} from "./_workloads.ts";

/** What is left where the first segment cannot be decompressed. */
const WITHOUT_FIRST = ["p2", "p3", "p4", "p5"];
const KEPT = ["p3", "p4", "p5"];

const WORKLOADS: readonly Workload[] = [
  {
    ...segmented(compacting("compress"), "compress segments"),
    after: PREPARED,
    run: async (store, ledger) => {
      await ledger.record(store, "a");
      await ledger.maintain(() => store.compact({ compress: "gzip" }));
      await ledger.record(store, "b");
    },
  },
  {
    ...segmented(compacting("compact"), "compact and compress segments beside a writer"),
    recent: 3,
    after: KEPT,
    between: [["p0", "p1", ...KEPT]],
    run: async (store, ledger) => {
      const writing = ledger.recordTogether(store, ["a", "b", "c"]);
      const retention = { maxAgeSeconds: 86_400 };
      const maintaining = ledger.maintain(() => store.compact({ retention, compress: "zstd" }));
      await Promise.allSettled([writing, maintaining]);
      await writing;
    },
  },
  {
    ...segmented(compacting("compact"), "compact compressed segments"),
    recent: 3,
    after: KEPT,
    between: [["p0", "p1", ...KEPT]],
    arrange: (disk) => compressAll(disk, "zstd"),
  },
  ...(["repair", "quarantine"] as const).map((mode): Workload => ({
    ...segmented(
      recovering(mode, undamaged, WITHOUT_FIRST),
      `recover compressed segments by ${mode}`,
    ),
    damaged: PREPARED.slice(0, 2),
    arrange: async (disk) => {
      await compressAll(disk, "gzip");
      edit(disk, `${STORE_PATH}.0000000000000001.gz`, withFlippedByte);
    },
  })),
];

/** The workloads. */
export const COMPRESSION_WORKLOADS = WORKLOADS.map((workload) => ({ ...workload, stride: 7 }));

async function compressAll(disk: SimulatedDisk, compress: Compression): Promise<void> {
  const store: FilePersistence = openFor({ durability: "always" }, new SimulatedFileSystem(disk));
  await store.compact({ compress });
  await store.close();
  disk.sync();
}
