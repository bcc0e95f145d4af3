import { join } from "node:path";
import { PapyraError } from "../../../../lib/errors.ts";
import type { RecoveryReport } from "../../../../lib/model/report.ts";
import { assert, assertEquals, assertRejects } from "../../../_assert.ts";
import { type DiskCall, failing, HookedFileSystem } from "../../../storage/hooked_file_system.ts";
import { bytesOf, eventLine } from "../../../storage/lines.ts";
import { removedParts } from "../_removed.ts";
import { codes, receiptsOf, type StoreStage, storeTest } from "../_stores.ts";

const GOOD = [1, 2, 3].map((seq) => eventLine(seq));
const TORN = eventLine(4).slice(0, 60);
const LONG = `{"kind":"event","text":"${"ü".repeat(5000)}`;

function isRewrite({ operation, path }: DiskCall): boolean {
  return operation === "append" && path.includes("rewrite.");
}

function isAppend({ operation }: DiskCall): boolean {
  return operation === "append";
}

/** How a disk can be full. */
const FULL_DISKS: readonly {
  readonly name: string;
  readonly free: number | null;
  readonly isFull: (call: DiskCall) => boolean;
  /** Whether there is room for receipts. */
  readonly hasRoom: boolean;
}[] = [
  { name: "that says it has no room for a copy", free: 0, isFull: () => false, hasRoom: true },
  { name: "that has no room for a copy", free: null, isFull: isRewrite, hasRoom: true },
  { name: "that has no room for anything", free: 0, isFull: isAppend, hasRoom: false },
];

async function writeTorn(stage: StoreStage, tail: string): Promise<string> {
  await stage.write(...GOOD);
  await Deno.writeTextFile(stage.path, tail, { append: true });
  return await Deno.readTextFile(stage.path);
}

async function recoverOn(
  stage: StoreStage,
  { free, isFull }: (typeof FULL_DISKS)[number],
): Promise<RecoveryReport> {
  const disk = new HookedFileSystem();
  disk.free = free;
  disk.hook = failing("ENOSPC", isFull);
  const store = stage.open({ fileSystem: disk });
  try {
    return await store.recover();
  } finally {
    disk.hook = () => {};
    await store.close();
  }
}

for (const disk of FULL_DISKS) {
  for (const [what, tail] of [["a torn tail", TORN], ["a long torn tail", LONG]] as const) {
    storeTest(
      `on a disk ${disk.name} ${what} is cut in place, and its bytes are told or kept`,
      async (stage) => {
        const before = await writeTorn(stage, tail);
        const { ino } = await Deno.stat(stage.path);
        const report = await recoverOn(stage, disk);
        assertEquals([report.changed, report.after.healthy], [true, true]);
        assertEquals(await stage.lines(), GOOD);
        assertEquals((await Deno.stat(stage.path)).ino, ino);
        const removed = disk.hasRoom
          ? (await removedParts(stage, report)).flatMap(({ bytes }) => [...bytes])
          : [...Uint8Array.from(atob(report.unstored), (char) => char.charCodeAt(0))];
        assertEquals(removed, [...bytesOf(tail)]);
        assertEquals(report.removedBytes, bytesOf(tail).length);
        assertEquals(report.removed.map(({ offset }) => offset), [before.length - tail.length]);
        assertEquals(report.receipt === null, !disk.hasRoom);
        assertEquals([codes(await stage.scan()), await tempFiles(stage)], [[], []]);
      },
    );
  }

  storeTest(
    `on a disk ${disk.name} damage in the middle is left alone, and the reason is told`,
    async (stage) => {
      await stage.write(GOOD[0]!, "junk", GOOD[1]!, GOOD[2]!);
      const before = await Deno.readTextFile(stage.path);
      if (disk.free === 0 && disk.hasRoom) {
        // What a file system says of its room is no reason not to try.
        assert((await recoverOn(stage, disk)).after.healthy);
        return;
      }
      const error = await assertRejects(
        () => recoverOn(stage, disk),
        PapyraError,
        "the disk is full",
      );
      assertEquals([error.code, await Deno.readTextFile(stage.path)], ["IO_ERROR", before]);
      assertEquals(await tempFiles(stage), []);
      assert((await stage.open().recover()).after.healthy);
    },
  );

  if (!disk.hasRoom) {
    storeTest(
      `on a disk ${disk.name} more than can be handed over is left alone`,
      async (stage) => {
        const before = await writeTorn(stage, "x".repeat(17 * 1024 * 1024));
        const refused = () => recoverOn(stage, disk);
        const { code } = await assertRejects(refused, PapyraError, "the disk is full");
        assertEquals([code, await Deno.readTextFile(stage.path) === before], ["IO_ERROR", true]);
        assert((await stage.open().recover()).after.healthy);
      },
    );
  }

  storeTest(`on a disk ${disk.name} quarantine never cuts in place`, async (stage) => {
    const before = await writeTorn(stage, TORN);
    const fileSystem = new HookedFileSystem();
    fileSystem.hook = failing("ENOSPC", disk.isFull);
    fileSystem.free = disk.free;
    const store = stage.open({ fileSystem });
    const quarantineDir = join(stage.directory, "quarantine");
    const result = await store.recover({ mode: "quarantine", quarantineDir })
      .catch((error: PapyraError) => error.code);
    if (typeof result === "string") {
      assertEquals([result, await Deno.readTextFile(stage.path)], ["IO_ERROR", before]);
    } else {
      assertEquals(await Deno.readTextFile(result.kept[0]!), before);
    }
  });

  storeTest(
    `on a disk ${disk.name} a failed compaction leaves the store as before`,
    async (stage) => {
      await stage.write(...GOOD);
      const before = await Deno.readTextFile(stage.path);
      const fileSystem = new HookedFileSystem();
      fileSystem.hook = failing("ENOSPC", disk.isFull);
      const store = stage.open({ fileSystem });
      const result = await store.compact({ retention: { maxRecords: 1 } })
        .catch((error: PapyraError) => error.code);
      const after = await Deno.readTextFile(stage.path);
      if (typeof result === "string") assertEquals([result, after], ["IO_ERROR", before]);
      assertEquals(await tempFiles(stage), []);
      assertEquals((await stage.scan()).healthy, true);
    },
  );
}

storeTest("a cut that died is settled by what it left", async (stage) => {
  for (const died of ["before", "after"] as const) {
    await Deno.remove(stage.sidecar, { recursive: true }).catch(() => {});
    await writeTorn(stage, TORN);
    const disk = new HookedFileSystem();
    disk.free = 0;
    let isDead = false;
    disk.hook = ({ operation, path }) => {
      if (died === "before" && operation === "truncate" && path === stage.path) isDead = true;
      if (isDead && operation !== "close") throw new Error("dead");
    };
    disk.onDone = ({ operation, path }) => {
      if (operation === "truncate" && path === stage.path) isDead = true;
    };
    const store = stage.open({ fileSystem: disk });
    await assertRejects(() => store.recover(), Error, "dead");
    disk.hook = () => {};
    await store.close();
    const again = stage.open();
    await again.recordEvent({ eventType: "E" });
    await again.recover();
    const [receipt] = await receiptsOf(again);
    assertEquals(receipt!.outcome, died === "before" ? "not_done" : "done", died);
    assertEquals((await again.scan()).healthy, true);
  }
});

storeTest("nothing is cut where somebody wrote behind the damage meanwhile", async (stage) => {
  await writeTorn(stage, TORN);
  const disk = new HookedFileSystem();
  disk.free = 0;
  // The scan opens the store first, and the cut next.
  disk.hook = ({ operation, path }) => {
    if (operation !== "open" || path !== stage.path || disk.count("open", "events.ndjson") !== 1) {
      return;
    }
    Deno.writeTextFileSync(path, `\n${eventLine(5)}\n`, { append: true });
  };
  const report = await stage.open({ fileSystem: disk }).recover();
  assert(report.after.healthy);
  assertEquals(await stage.records(), [...GOOD, eventLine(5)]);
});

async function tempFiles({ sidecar }: StoreStage): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(sidecar)) if (name.endsWith(".tmp")) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names;
}
