/** What is done to stores while faults strike. */

import type { FilePersistence } from "../../lib/backends/file/file_persistence.ts";
import type { Durability, RecoveryMode } from "../../lib/model/mode.ts";
import type { CompactionReport } from "../../lib/model/report.ts";
import { allDone, type Ledger } from "./_ledger.ts";
import { type SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";
import {
  openOn,
  PREPARED,
  QUARANTINE_PATH,
  SIDECAR_PATH,
  STORE_PATH,
  type Workload,
} from "./_workload.ts";

type Damage = (content: Uint8Array) => Uint8Array;

/** What a disk is made to be, beside the store on it. */
type Surroundings = (disk: SimulatedDisk) => void;

// Long enough for a flush or the end to come first: the timer's own syncs are played with the
// interleavings, where time is simulated.
export const INTERVAL: Durability = "interval:60000";
const WITHOUT_SECOND = ["p0", "p2", "p3", "p4", "p5"];
const WITHOUT_FOURTH = ["p0", "p1", "p2", "p4", "p5"];
const WITHOUT_LAST = PREPARED.slice(0, -1);
const encoder = new TextEncoder();

/** The workloads. */
export const WORKLOADS: readonly Workload[] = [
  appending("always"),
  appending(INTERVAL),
  appending("os"),
  {
    ...appending("always"),
    name: "append to a new store",
    isNew: true,
    before: [],
    after: [],
  },
  {
    ...appending("os"),
    name: "append to a new store under os",
    isNew: true,
    before: [],
    after: [],
  },
  segmented(appending("always"), "append and seal"),
  segmented(appending("os"), "append and seal under os"),
  {
    ...segmented(appending("always"), "seal when asked"),
    isWritingOnly: false,
    run: async (store, ledger) => {
      await ledger.record(store, "a");
      await store.rotate();
      await store.rotate();
      await ledger.record(store, "b");
      await store.rotate();
    },
  },
  { ...appending("always"), ...damaged(withTornTail), name: "close a torn tail" },
  { ...appending("os"), ...damaged(withTornTail), name: "close a torn tail under os" },
  {
    ...appending("always"),
    ...damaged((content) => content.slice(0, -1)),
    before: PREPARED,
    after: PREPARED,
    damaged: [],
    name: "close an intact tail",
  },
  compacting("compact"),
  { ...compacting("compact under os"), durability: "os" },
  {
    ...compacting("compact again"),
    before: PREPARED.slice(1),
    arrange: async (disk) => {
      const store = openOn(new SimulatedFileSystem(disk));
      await store.compact({ retention: { maxRecords: 5 } });
      await store.close();
    },
  },
  {
    ...compacting("compact beside a writer"),
    run: async (store, ledger) => {
      await ledger.record(store, "a");
      await allDone([
        ledger.maintain(() => compact(store)),
        ledger.recordTogether(store, ["b", "c"]),
        ledger.record(store, "d"),
      ]);
    },
  },
  {
    ...segmented(compacting("compact"), "compact segments"),
    recent: 3,
    after: ["p3", "p4", "p5"],
    // The first file that stays says that others go, before they do.
    between: [["p0", "p1", "p3", "p4", "p5"]],
  },
  {
    ...segmented(compacting("compact"), "remove segments"),
    recent: 1,
    after: ["p5"],
    between: [["p0", "p1", "p2", "p3", "p5"], ["p2", "p3", "p5"]],
  },
  recovering("ignore", withTornTail, WITHOUT_LAST),
  recovering("repair", withTornTail, WITHOUT_LAST),
  recovering("repair", withFlippedByte, WITHOUT_FOURTH),
  recovering("repair", withGluedLines, WITHOUT_FOURTH),
  recovering("repair", withMuchJunk, PREPARED),
  {
    ...recovering("repair", withFragment, PREPARED, (disk) => void (disk.freeBytes = 40_000)),
    name: "cut a torn tail where there is no room for a copy",
  },
  {
    ...recovering("repair", undamaged, [], (disk) => {
      disk.unlink(STORE_PATH);
      disk.syncDirectory("/data");
    }),
    name: "make a store anew that is gone",
    isGone: true,
    damaged: [],
    repairs: false,
  },
  segmented(
    recovering("repair", undamaged, WITHOUT_SECOND, flipInFirstSegment),
    "recover segments by repair",
  ),
  segmented(
    recovering("quarantine", undamaged, WITHOUT_SECOND, flipInFirstSegment),
    "recover segments by quarantine",
  ),
  recovering("quarantine", withFlippedByte, WITHOUT_FOURTH),
  {
    ...recovering(
      "quarantine",
      withFlippedByte,
      WITHOUT_FOURTH,
      (disk) => void (disk.mounts = [QUARANTINE_PATH]),
    ),
    name: "recover by quarantine on another file system",
  },
  {
    ...recovering(
      "quarantine",
      undamaged,
      PREPARED,
      (disk) =>
        disk.find(STORE_PATH)!.append(encoder.encode("what another program has not synced")),
    ),
    name: "recover by quarantine withUnsyncedJunk",
  },
  recovering("rebuild", undamaged, PREPARED),
  {
    ...recovering(
      "rebuild",
      undamaged,
      PREPARED,
      (disk) => edit(disk, `${SIDECAR_PATH}/metrics.json`, (content) => content.slice(0, 10)),
    ),
    name: "recover by rebuild withBrokenMetrics",
    resetsMetrics: true,
  },
  {
    ...appending("always"),
    name: "keep metrics",
    isWritingOnly: false,
    run: async (store, ledger) => {
      await ledger.record(store, "a");
      await store.metrics.snapshot();
      await ledger.record(store, "b");
      await store.metrics.snapshot();
    },
  },
  {
    ...appending("always"),
    name: "reset metrics",
    isWritingOnly: false,
    resetsMetrics: true,
    run: async (store, ledger) => {
      await ledger.record(store, "a");
      await store.metrics.reset();
      await ledger.record(store, "b");
    },
  },
];

export function appending(durability: Durability): Workload {
  return {
    name: `append under ${durability}`,
    isWritingOnly: true,
    durability,
    before: PREPARED,
    after: PREPARED,
    run: async (store, ledger) => {
      await ledger.record(store, "a");
      await ledger.recordTogether(store, ["b", "c", "d"]);
      await ledger.flush(store);
      await ledger.record(store, "e");
    },
  };
}

function maintaining(
  name: string,
  after: readonly string[],
  maintain: (store: FilePersistence) => Promise<CompactionReport>,
): Workload {
  return {
    name,
    durability: "always",
    before: PREPARED,
    after,
    run: async (store: FilePersistence, ledger: Ledger) => {
      await ledger.record(store, "a");
      await ledger.maintain(() => maintain(store));
      await ledger.record(store, "b");
    },
  };
}

export function compacting(name: string): Workload {
  return maintaining(name, ["p4", "p5"], compact);
}

export function compact(store: FilePersistence): Promise<CompactionReport> {
  return store.compact({ retention: { maxAgeSeconds: 86_400 } });
}

export function recovering(
  mode: RecoveryMode,
  damage: Damage,
  intact: readonly string[],
  surroundings: Surroundings = () => {},
): Workload {
  const recovery = mode === "quarantine" ? { mode, quarantineDir: QUARANTINE_PATH } : { mode };
  return {
    name: `recover by ${mode} ${damage.name}`,
    durability: "always",
    ...damaged(damage, surroundings),
    before: intact,
    after: intact,
    damaged: PREPARED.filter((name) => !intact.includes(name)),
    repairs: mode !== "quarantine",
    quarantines: mode === "quarantine",
    recovery,
    run: async (store, ledger) => {
      await ledger.maintain(() => store.recover(recovery));
      await ledger.record(store, "a");
    },
  };
}

function damaged(
  damage: Damage,
  surroundings: Surroundings = () => {},
): Pick<Workload, "arrange" | "before" | "after" | "damaged"> {
  return {
    before: WITHOUT_LAST,
    after: WITHOUT_LAST,
    damaged: PREPARED.slice(-1),
    arrange: (disk) => {
      edit(disk, STORE_PATH, damage);
      surroundings(disk);
    },
  };
}

export function segmented(workload: Workload, name: string): Workload {
  return { ...workload, name, segmentRecords: 2 };
}

// By somebody else, who sees to it that it lasts.
export function edit(disk: SimulatedDisk, path: string, change: Damage): void {
  const inode = disk.find(path)!;
  const content = change(inode.content);
  inode.truncate(0);
  inode.append(content);
  inode.sync();
}

function flipInFirstSegment(disk: SimulatedDisk): void {
  edit(disk, `${STORE_PATH}.0000000000000001`, withFlippedByte);
}

export function undamaged(content: Uint8Array): Uint8Array {
  return content;
}

function withTornTail(content: Uint8Array): Uint8Array {
  return content.slice(0, -20);
}

/** Adds what a write that was never acknowledged leaves. */
export function withFragment(content: Uint8Array): Uint8Array {
  return new Uint8Array([...content, ...content.subarray(0, 70)]);
}

/** Flips a bit in the middle: in the fourth record of six, in the second of two. */
export function withFlippedByte(content: Uint8Array): Uint8Array {
  const flipped = content.slice();
  flipped[Math.floor(content.length / 2)]! ^= 1;
  return flipped;
}

/** Tears the fourth record, so that the fifth stands behind it on the same line. */
function withGluedLines(content: Uint8Array): Uint8Array {
  return edited(content, (lines) => lines.toSpliced(3, 2, lines[3]!.slice(0, 40) + lines[4]!));
}

/** More than a receipt takes in. */
export function withMuchJunk(content: Uint8Array): Uint8Array {
  return edited(content, (lines) => lines.toSpliced(3, 0, "junk ".repeat(1200)));
}

function edited(content: Uint8Array, change: (lines: string[]) => string[]): Uint8Array {
  return encoder.encode(change(new TextDecoder().decode(content).split("\n")).join("\n"));
}
