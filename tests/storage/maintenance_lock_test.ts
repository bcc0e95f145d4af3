import { join } from "node:path";
import { PapyraError } from "../../lib/errors.ts";
import { giveWay, isLockHeld, MaintenanceLock } from "../../lib/storage/maintenance_lock.ts";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { Sidecar } from "../../lib/storage/sidecar.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "../_assert.ts";
import { tempTest } from "../_temp.ts";

const disk = nativeFileSystem;

interface LockStage {
  readonly sidecar: Sidecar;
  readonly path: string;
  take(options?: { waitMs?: number; signal?: AbortSignal }): Promise<MaintenanceLock>;
}

function lockTest(name: string, body: (stage: LockStage) => Promise<void>): void {
  tempTest(name, async (directory) => {
    const sidecar = new Sidecar(disk, join(directory, ".x.papyra"));
    await body({
      sidecar,
      path: sidecar.pathOf("maintenanceLock"),
      take: (options = {}) => MaintenanceLock.take(disk, sidecar, "compact", options),
    });
  });
}

lockTest(
  "one run holds the lock, another is told who, and then gets it",
  async ({ take, path }) => {
    const lock = await take();
    assert(await isLockHeld(disk, path));
    const error = await assertRejects(() => take(), PapyraError);
    assertEquals(error.code, "BUSY");
    assertStringIncludes(error.message, `compact (process ${Deno.pid})`);
    await lock.release();
    assert(!await isLockHeld(disk, path));
    await (await take()).release();
  },
);

lockTest("waiting for a run ends with its end", async ({ take }) => {
  const lock = await take();
  const waiting = take({ waitMs: 20_000 });
  await lock.release();
  await (await waiting).release();
});

lockTest("waiting for a run ends with the time, or with a signal", async ({ take }) => {
  const lock = await take();
  const began = performance.now();
  assertEquals((await assertRejects(() => take({ waitMs: 200 }), PapyraError)).code, "BUSY");
  assert(performance.now() - began >= 200);
  const signal = AbortSignal.timeout(50);
  const error = await assertRejects(() => take({ waitMs: 60_000, signal }), PapyraError);
  assertEquals(error.code, "TIMED_OUT");
  await lock.release();
});

lockTest("a content that a dead run left means nothing", async ({ take, sidecar, path }) => {
  await sidecar.create();
  for (const content of ['{"pid":1,"operation":"recover"}\nwants-turn\n', "junk", "\0\0"]) {
    await Deno.writeTextFile(path, content);
    await giveWay(disk, path);
    const lock = await take();
    assertStringIncludes(await Deno.readTextFile(path), `"pid":${Deno.pid}`);
    await lock.release();
    assertEquals(await Deno.readTextFile(path), "");
  }
});

lockTest("a run notices that its lock's file was deleted, or replaced", async ({ take, path }) => {
  const lock = await take();
  lock.assertHeld();
  await Deno.remove(path);
  assertEquals(assertThrows(() => lock.assertHeld(), PapyraError).code, "BUSY");
  const other = await take();
  other.assertHeld();
  assertEquals(assertThrows(() => lock.assertHeld(), PapyraError).code, "BUSY");
  await lock.release();
  other.assertHeld();
  assertStringIncludes(await Deno.readTextFile(path), '"operation":"compact"');
  await other.release();
});

lockTest("the sidecar may be deleted while a lock is held", async ({ take, sidecar }) => {
  const lock = await take();
  await Deno.remove(sidecar.path, { recursive: true });
  await lock.withTurn(() => Promise.resolve());
  await lock.release();
  await (await take()).release();
});

lockTest(
  "writers give way to a run while it wants its turn, and no longer",
  async ({ take, path }) => {
    const lock = await take();
    const hasGivenWay = async () => {
      const began = performance.now();
      await giveWay(disk, path);
      return performance.now() - began > 500;
    };
    assert(!await hasGivenWay());
    const waited = await lock.withTurn(() => hasGivenWay());
    assert(waited, "a writer went first");
    assert(!await hasGivenWay());
    await lock.release();
  },
);

lockTest("a writer goes on as soon as the turn is over", async ({ take, path }) => {
  const lock = await take();
  let isOver = false;
  let writer: Promise<boolean> | undefined;
  await lock.withTurn(async () => {
    writer = giveWay(disk, path).then(() => isOver);
    for (let wait = 0; wait < 10; wait++) await new Promise((resolve) => setTimeout(resolve, 1));
    isOver = true;
  });
  assertEquals(await writer, true);
  await lock.release();
});

lockTest("a turn is over also where it failed", async ({ take, path }) => {
  const lock = await take();
  await assertRejects(() => lock.withTurn(() => Promise.reject(new TypeError("no"))), TypeError);
  assert(!(await Deno.readTextFile(path)).includes("wants-turn"));
  await lock.release();
});

lockTest("a lock that is not there is held by nobody", async ({ path }) => {
  assert(!await isLockHeld(disk, path));
  await giveWay(disk, path);
});
