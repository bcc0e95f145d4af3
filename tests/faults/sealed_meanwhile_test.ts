/**
 * Another process seals the active file, and goes on in the next one, before any call that an operation
 * makes. No call may take the file's old name for the file.
 */

import { RotatingFilePersistence } from "../../lib/backends/file/rotating_file_persistence.ts";
import type { StoredRecord } from "../../lib/model/record.ts";
import { segmentName } from "../../lib/storage/part_names.ts";
import { assert, assertEquals } from "../_assert.ts";
import { bytesOf, eventLine, textOf } from "../storage/lines.ts";
import { SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";
import { QUARANTINE_PATH, STORE_PATH } from "./_workload.ts";

const SEALED_FROM = 1;
const ACTIVE_FROM = 4;
/** Numbers of the records that are there before. */
const THERE = [1, 2, 3, 4, 5, 6];
const NOW = 1_700_000_001;

interface Operation {
  /** Whether a record is damaged before, the fifth. */
  readonly mends?: boolean;
  /** Numbers of the records that it leaves. @default {all} */
  readonly leaves?: readonly number[];
  /** Does it, and returns what it read. */
  run(store: RotatingFilePersistence): Promise<readonly StoredRecord[] | void>;
}

const OPERATIONS: { readonly [name: string]: Operation } = {
  "a scan": {
    run: async (store) => assertEquals((await store.scan()).anomalies, []),
  },
  "a read": { run: (store) => store.listEvents() },
  "a read of the newest": { run: (store) => store.listEvents({ limit: 20, reverse: true }) },
  "a compaction": {
    leaves: [5, 6],
    run: async (store) => {
      const { changed } = await store.compact({ retention: { maxAgeSeconds: 0.4 } });
      assert(changed);
    },
  },
  "a repair": {
    mends: true,
    run: async (store) => assert((await store.recover()).after.healthy),
  },
  "a quarantine": {
    mends: true,
    run: async (store) => {
      const { after, kept } = await store.recover({
        mode: "quarantine",
        quarantineDir: QUARANTINE_PATH,
      });
      assert(after.healthy);
      assertEquals(kept.length, 1);
    },
  },
  "a rebuild": {
    run: async (store) => assert((await store.recover({ mode: "rebuild" })).after.healthy),
  },
  "a write": {
    run: async (store) => {
      await store.recordEvent({ eventType: "E" });
    },
  },
  "a rotation": {
    run: async (store) => {
      await store.rotate();
    },
  },
};

for (const [name, operation] of Object.entries(OPERATIONS)) {
  for (const goesOn of [true, false]) {
    const what = goesOn ? "sealed and written on" : "sealed";
    Deno.test(`${name} may have the store ${what} before any of its calls`, async () => {
      for (let call = 0; await isReached(operation, call, goesOn); call++);
    });
  }
}

/** Whether there is such a call. */
async function isReached(
  operation: Operation,
  call: number,
  goesOn: boolean,
): Promise<boolean> {
  const disk = storeOnDisk(operation.mends === true);
  let isReached = false;
  let isSealed = false;
  const fileSystem = new SimulatedFileSystem(disk, ({ index }) => {
    isReached ||= index === call;
    // Whoever seals takes the lock first.
    if (isReached && !isSealed) isSealed = seal(disk, goesOn);
    return "happens";
  });
  const store = new RotatingFilePersistence(STORE_PATH, { fileSystem, clock: () => NOW });
  const records = await operation.run(store);
  await store.close();
  if (records) assertRead(records, call);
  await assertLeft(disk, operation, isSealed && goesOn);
  return isReached;
}

function storeOnDisk(isDamaged: boolean): SimulatedDisk {
  const disk = new SimulatedDisk();
  for (const path of ["/data", QUARANTINE_PATH]) disk.makeDirectory(path);
  put(disk, `/data/${segmentName("events.ndjson", SEALED_FROM)}`, [1, 2, 3].map(line));
  const active = [4, 5, 6].map(line);
  put(disk, STORE_PATH, isDamaged ? active.with(1, line(5).replace('"n":5', '"n":6')) : active);
  return disk;
}

function line(seq: number): string {
  return eventLine(seq);
}

function put(disk: SimulatedDisk, path: string, lines: readonly string[]): void {
  const inode = disk.create(path);
  inode.append(bytesOf(lines.map((text) => `${text}\n`).join("")));
  inode.sync();
}

function seal(disk: SimulatedDisk, goesOn: boolean): boolean {
  const active = disk.find(STORE_PATH);
  if (active === null || active.locks.size > 0 || active.content.length === 0) return false;
  const segment = `/data/${segmentName("events.ndjson", ACTIVE_FROM)}`;
  if (disk.find(segment) !== null) return false;
  disk.rename(STORE_PATH, segment);
  if (goesOn) put(disk, STORE_PATH, [line(lastSeqIn(active.content) + 1)]);
  return true;
}

function lastSeqIn(content: Uint8Array): number {
  return Math.max(...[...textOf(content).matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq)));
}

function assertRead(records: readonly StoredRecord[], call: number): void {
  const seqs = records.map(({ seq }) => seq!).sort();
  const [before, after] = [THERE, [...THERE, THERE.length + 1]].map((all) => all.join());
  assert([before, after].includes(seqs.join()), `sealed before call ${call}: ${seqs} were read`);
}

async function assertLeft(
  disk: SimulatedDisk,
  { mends, leaves = THERE }: Operation,
  isNextThere: boolean,
): Promise<void> {
  await using store = new RotatingFilePersistence(STORE_PATH, {
    fileSystem: new SimulatedFileSystem(disk),
  });
  const { anomalies } = await store.scan();
  assertEquals(anomalies, []);
  const seqs = (await store.listEvents({ retention: {} })).map(({ seq }) => seq!);
  const expected = leaves.filter((seq) => !(mends && seq === 5));
  const wanted = isNextThere ? [...expected, THERE.length + 1] : expected;
  assertEquals(seqs.slice(0, wanted.length), wanted);
  assertEquals(new Set(seqs).size, seqs.length, `twice in ${seqs}`);
}
