/** What is done to stores of several segments while faults strike. */

import { segmentName } from "../../lib/storage/part_names.ts";
import { foreignLine } from "../storage/lines.ts";
import type { SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";
import { openFor, PREPARED, SIDECAR_PATH, STORE_PATH, type Workload } from "./_workload.ts";
import {
  appending,
  compact,
  compacting,
  edit,
  INTERVAL,
  recovering,
  segmented,
  undamaged,
  withFlippedByte,
  withFragment,
  withMuchJunk,
} from "./_workloads.ts";

/** What is left where a record of the first segment is damaged, and the second one is missing. */
const UNSPOILT = ["p0", "p4", "p5"];
// Written by the original, all but the last two long ago.
const OLD_TIMESTAMP = 1_700_000_000;
const ORIGINAL_FILES = [".2", ".1", ""];

/** The workloads. */
export const SEGMENT_WORKLOADS: readonly Workload[] = [
  segmented(appending(INTERVAL), "append and seal under an interval"),
  {
    ...segmented(appending("always"), "seal a torn tail"),
    isWritingOnly: false,
    arrange: (disk) => edit(disk, STORE_PATH, withFragment),
    run: async (store, ledger) => {
      await store.rotate();
      await ledger.record(store, "a");
      await store.rotate();
      await ledger.record(store, "b");
    },
  },
  {
    ...segmented(appending("always"), "go on behind segments, without a state"),
    isWritingOnly: false,
    arrange: async (disk) => {
      await sealAll(disk);
      disk.unlink(`${SIDECAR_PATH}/state.json`);
      disk.sync();
    },
  },
  {
    ...segmented(compacting("compact"), "compact segments without an active file"),
    recent: 3,
    after: ["p3", "p4", "p5"],
    between: [["p0", "p1", "p3", "p4", "p5"]],
    arrange: sealAll,
    run: async (store, ledger) => {
      await ledger.maintain(() => compact(store));
      await ledger.record(store, "a");
    },
  },
  {
    ...segmented(compacting("compact"), "compact segments beside writers that seal"),
    recent: 3,
    after: ["p3", "p4", "p5"],
    between: [["p0", "p1", "p3", "p4", "p5"]],
    run: async (store, ledger) => {
      const names = ["a", "b", "c"];
      const writing = ledger.recordTogether(store, names);
      // Whatever becomes of the records, the compaction is to come to its end.
      await Promise.allSettled([writing, ledger.maintain(() => compact(store))]);
      await writing;
    },
  },
  {
    ...appending("always"),
    name: "drop the oldest of too many segments",
    isWritingOnly: false,
    segmentRecords: 1,
    maxFiles: 4,
    // One more goes each time that it is run again.
    between: [1, 3, 4].map((count) => PREPARED.slice(count)),
    after: PREPARED.slice(2),
    run: (store, ledger) => ledger.record(store, "a"),
  },
  ...(["repair", "quarantine"] as const).map((mode) => ({
    ...recovering(mode, withFragment, UNSPOILT, spoilSegments),
    name: `recover several segments, and a missing one, by ${mode}`,
    segmentRecords: 2,
  })),
  {
    ...recovering("rebuild", undamaged, PREPARED),
    name: "recover segments by rebuild",
    segmentRecords: 2,
  },
  original({ ...segmented(appending("always"), "append to the original's rotated files") }),
  original({
    ...segmented(compacting("compact"), "compact the original's rotated files"),
    after: ["p4", "p5"],
    between: [["p2", "p3", "p4", "p5"]],
  }),
  original(
    segmented(
      recovering("repair", undamaged, PREPARED),
      "recover the original's rotated files by repair",
    ),
    (disk) => edit(disk, `${STORE_PATH}.1`, withMuchJunk),
  ),
];

async function sealAll(disk: SimulatedDisk): Promise<void> {
  const fileSystem = new SimulatedFileSystem(disk);
  const store = openFor({ durability: "always", segmentRecords: 2 }, fileSystem);
  if ("rotate" in store) await store.rotate();
  await store.close();
  disk.sync();
}

function spoilSegments(disk: SimulatedDisk): void {
  edit(disk, segmentPath(1), withFlippedByte);
  disk.unlink(segmentPath(3));
  disk.sync();
}

function segmentPath(firstSeq: number): string {
  return `/data/${segmentName("events.ndjson", firstSeq)}`;
}

/** The same on what the original left: files that it rotated, and lines without numbers. */
function original(
  workload: Workload,
  arrange: (disk: SimulatedDisk) => void = () => {},
): Workload {
  return {
    ...workload,
    isNew: true,
    before: PREPARED,
    arrange: (disk) => {
      for (const [index, suffix] of ORIGINAL_FILES.entries()) {
        const inode = disk.create(`${STORE_PATH}${suffix}`);
        const lines = [2 * index, 2 * index + 1].map((record) => `${originalLine(record)}\n`);
        inode.append(new TextEncoder().encode(lines.join("")));
      }
      disk.sync();
      arrange(disk);
    },
  };
}

function originalLine(record: number): string {
  const isOld = record < PREPARED.length - 2;
  const timestamp = isOld ? OLD_TIMESTAMP : Math.floor(Date.now() / 1000);
  return foreignLine(record)
    .replace("ActorStarted", PREPARED[record]!)
    .replace(/"timestamp": [\d.]+/, `"timestamp": ${timestamp}`);
}
