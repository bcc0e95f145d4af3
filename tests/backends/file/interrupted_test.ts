import { join } from "node:path";
import { setImmediate } from "node:timers";
import type { JsonFilePersistence } from "../../../lib/backends/file/json_file_persistence.ts";
import { PapyraError } from "../../../lib/errors.ts";
import { MaintenanceLock } from "../../../lib/storage/maintenance_lock.ts";
import { nativeFileSystem } from "../../../lib/storage/native/native_file_system.ts";
import { Sidecar } from "../../../lib/storage/sidecar.ts";
import { assert, assertEquals, assertRejects } from "../../_assert.ts";
import { diskError } from "../../storage/disk_error.ts";
import { type DiskCall, HookedFileSystem } from "../../storage/hooked_file_system.ts";
import { eventLine } from "../../storage/lines.ts";
import { codes, everything, NOW, receiptsOf, type StoreStage, storeTest } from "./_stores.ts";

const LINES = [
  ...[1, 2, 3].map((seq) => eventLine(seq)),
  eventLine(4).replace("Started", "Stopped"),
  eventLine(5),
];

/** The maintenance runs, each of which has something to do to the store of `LINES`. */
const RUNS: {
  readonly [name: string]: (
    store: JsonFilePersistence,
    stage: StoreStage,
    signal?: AbortSignal,
  ) => Promise<unknown>;
} = {
  repair: (store, _stage, signal) => store.recover({}, signal ? { signal } : {}),
  quarantine: (store, { directory }, signal) =>
    store.recover(
      { mode: "quarantine", quarantineDir: join(directory, "quarantine") },
      signal ? { signal } : {},
    ),
  compaction: (store, _stage, signal) =>
    store.compact({ retention: { maxRecords: 1 }, ...(signal ? { signal } : {}) }),
};

/** What a crash leaves, at each call of a run; and what a signal and a failure leave. */
for (const [name, run] of Object.entries(RUNS)) {
  storeTest(
    `a ${name} that dies before any one of its calls leaves the store as before or as after`,
    async (stage) => {
      const texts = await textsOf(stage, run);
      const calls = await callsOf(stage, run);
      for (let deadline = 0; deadline < calls.length; deadline++) {
        await reset(stage);
        await dieAt(stage, run, deadline);
        const text = await Deno.readTextFile(stage.path);
        const where = `dead before ${calls[deadline]!.operation} of ${calls[deadline]!.path}`;
        const isAfter = withoutTimes(text) === withoutTimes(texts.after);
        assert(isAfter || text === texts.before, where);
        await expectSettled(stage, run, isAfter ? "done" : "not_done", where);
      }
    },
  );

  storeTest(
    `a ${name} whose disk fails at any one call leaves nothing half done`,
    async (stage) => {
      const texts = await textsOf(stage, run);
      const calls = await callsOf(stage, run);
      for (let turn = 0; turn < calls.length; turn++) {
        await reset(stage);
        const disk = new HookedFileSystem();
        let count = 0;
        disk.hook = () => {
          if (count++ === turn) throw diskError("EIO");
        };
        const store = stage.open({ fileSystem: disk });
        const where = `${calls[turn]!.operation} of ${calls[turn]!.path}`;
        await run(store, stage).catch((error) => {
          assertEquals((error as PapyraError).code, "IO_ERROR", `${where}: ${error}`);
        });
        disk.hook = () => {};
        await store.close();
        const text = await Deno.readTextFile(stage.path);
        assert(
          text === texts.before || withoutTimes(text) === withoutTimes(texts.after),
          `${where} left ${text}`,
        );
        await run(stage.open(), stage);
        assertEquals(withoutTimes(await Deno.readTextFile(stage.path)), withoutTimes(texts.after));
        assert(
          (await receiptsOf(stage.open())).every(({ outcome }) => outcome !== "pending"),
          where,
        );
      }
    },
  );

  storeTest(`a ${name} that is stopped by a signal leaves the store as before`, async (stage) => {
    const texts = await textsOf(stage, run);
    const calls = await callsOf(stage, run);
    const renamed = calls.findIndex(({ operation, path }) =>
      operation === "rename" && path === stage.path
    );
    let stopped = 0;
    for (let turn = 0; turn < renamed; turn++) {
      await reset(stage);
      const disk = new HookedFileSystem();
      const controller = new AbortController();
      disk.hook = () => {
        if (disk.calls.length === turn) controller.abort();
      };
      const store = stage.open({ fileSystem: disk });
      const error = await run(store, stage, controller.signal).then(() => null, (thrown) => thrown);
      await store.close();
      const text = await Deno.readTextFile(stage.path);
      if (error === null) {
        assertEquals(withoutTimes(text), withoutTimes(texts.after), "it was too late to stop");
        continue;
      }
      stopped++;
      assertEquals([(error as PapyraError).code, text], ["ABORTED", texts.before]);
      assertEquals(await leftovers(stage), []);
    }
    assert(stopped >= 5, `it could be stopped in ${stopped} places only`);
  });
}

async function reset(stage: StoreStage): Promise<void> {
  await stage.closeAll();
  for (const { name } of [...Deno.readDirSync(stage.directory)]) {
    await Deno.remove(join(stage.directory, name), { recursive: true });
  }
  await stage.write(...LINES);
}

async function textsOf(stage: StoreStage, run: (typeof RUNS)[string]) {
  await reset(stage);
  const before = await Deno.readTextFile(stage.path);
  await run(stage.open(), stage);
  return { before, after: await Deno.readTextFile(stage.path) };
}

async function callsOf(stage: StoreStage, run: (typeof RUNS)[string]): Promise<DiskCall[]> {
  await reset(stage);
  const disk = new HookedFileSystem();
  await run(stage.open({ fileSystem: disk }), stage);
  return [...disk.calls];
}

function withoutTimes(text: string): string {
  return text.replace(/"crc":"\w+"/g, "");
}

/** Ends a run before its call number `deadline`, as a crash would: nothing more is done. */
async function dieAt(stage: StoreStage, run: (typeof RUNS)[string], deadline: number) {
  const disk = new HookedFileSystem();
  let count = 0;
  disk.hook = ({ operation }) => {
    // Even a dead process's files are closed.
    if (count++ >= deadline && operation !== "close") throw diskError("EIO");
  };
  const store = stage.open({ fileSystem: disk });
  await run(store, stage).catch(() => {});
  await store.close();
}

/** The next run clears up, and then does what the dead one was to do. */
async function expectSettled(
  stage: StoreStage,
  run: (typeof RUNS)[string],
  outcome: "done" | "not_done",
  where: string,
): Promise<void> {
  const store = stage.open();
  const leftBehind = await leftovers(stage);
  const warned = (await store.scan()).anomalies.filter(({ code }) => code === "LEFTOVER_TEMP_FILE");
  assertEquals(
    warned.map(({ file, severity }) => [file, severity]),
    leftBehind.map((file) => [file, "warning"]),
  );
  const pending = await receiptsOf(store);
  await run(store, stage);
  assertEquals(await leftovers(stage), [], where);
  const receipts = await receiptsOf(store);
  for (const { id } of pending) {
    assertEquals(receipts.find((receipt) => receipt.id === id)!.outcome, outcome, where);
  }
  assertEquals((await store.recover()).after.healthy, true, where);
  assertEquals((await everything(store)).at(-1)!.seq, 5);
}

async function leftovers({ sidecar }: StoreStage): Promise<string[]> {
  const names = await nativeFileSystem.list(sidecar);
  return names.filter((name) => name.endsWith(".tmp")).map((name) => join(sidecar, name));
}

const LARGE = `"${"x".repeat(5000)}`;

for (const name of ["repair", "quarantine"]) {
  storeTest(`a ${name} whose disk fails keeps what it removed, and nothing else`, async (stage) => {
    const write = () => stage.write(eventLine(1), LARGE, eventLine(3));
    const disk = new HookedFileSystem();
    await write();
    await RUNS[name]!(stage.open({ fileSystem: disk }), stage);
    const count = disk.calls.length;
    for (let turn = 0; turn < count; turn++) {
      await reset(stage);
      await write();
      const { ino } = await Deno.stat(stage.path);
      await failOnceAt(stage, RUNS[name]!, turn);
      const isRemoved = (await Deno.stat(stage.path)).ino !== ino;
      const kept = await keptFiles(stage);
      assertEquals(kept.length, isRemoved ? 1 : 0, `${turn} ${isRemoved}`);
      if (isRemoved) assert((await Deno.readTextFile(kept[0]!)).includes("x".repeat(5000)));
    }
  });
}

/** Makes one call of a run fail, and lets the rest be. */
async function failOnceAt(stage: StoreStage, run: (typeof RUNS)[string], turn: number) {
  const disk = new HookedFileSystem();
  let count = 0;
  disk.hook = ({ operation }) => {
    if (count++ === turn && operation !== "close") throw diskError("EIO");
  };
  const store = stage.open({ fileSystem: disk });
  await run(store, stage).catch(() => {});
  await store.close();
}

/** Files that keep what was removed. */
async function keptFiles({ directory, sidecar }: StoreStage): Promise<string[]> {
  const files: string[] = [];
  for (const folder of [join(directory, "quarantine"), join(sidecar, "removed")]) {
    files.push(...(await nativeFileSystem.list(folder)).map((name) => join(folder, name)));
  }
  return files;
}

storeTest(
  "leftovers are told only while no run is under way, and only runs remove them",
  async (stage) => {
    await stage.write(eventLine(1));
    const temp = join(stage.sidecar, "rewrite.0123456789ab.tmp");
    await Deno.mkdir(stage.sidecar);
    await Deno.writeTextFile(temp, "left behind");
    assertEquals(codes(await stage.scan()), ["LEFTOVER_TEMP_FILE"]);
    const sidecar = new Sidecar(nativeFileSystem, stage.sidecar);
    const lock = await MaintenanceLock.take(nativeFileSystem, sidecar, "test", {});
    assertEquals(codes(await stage.scan()), []);
    await lock.release();
    const report = await stage.open().recover();
    assertEquals([report.changed, report.leftoversRemoved], [true, [temp]]);
    assertEquals(codes(await stage.scan()), []);
  },
);

storeTest("a leftover of the caches is removed although others change them", async (stage) => {
  await stage.write(eventLine(1));
  await Deno.mkdir(stage.sidecar);
  const temp = join(stage.sidecar, "state.json.0123456789ab.tmp");
  await Deno.writeTextFile(temp, "left behind");
  const other = new Sidecar(nativeFileSystem, stage.sidecar);
  const begun = Promise.withResolvers<void>();
  const change = Promise.withResolvers<void>();
  const changing = other.whileUnchanged(() => {
    begun.resolve();
    return change.promise;
  });
  await begun.promise;
  const disk = new HookedFileSystem();
  // The change ends soon after the recovery has found it under way.
  disk.onDone = ({ operation, path }) => {
    if (operation === "open" && path.endsWith("sidecar.lock")) setImmediate(change.resolve);
  };
  const { leftoversRemoved } = await stage.open({ fileSystem: disk }).recover();
  await changing;
  assertEquals(leftoversRemoved, [temp]);
});

storeTest("a stranger in the sidecar is told, and left alone", async (stage) => {
  await stage.write(eventLine(1));
  await Deno.mkdir(stage.sidecar);
  const stranger = join(stage.sidecar, "notes.txt");
  await Deno.writeTextFile(stranger, "mine");
  const { anomalies, healthy } = await stage.scan();
  assertEquals([codes({ anomalies }), anomalies[0]!.file, healthy], [
    ["UNEXPECTED_FILE"],
    stranger,
    true,
  ]);
  await stage.open().recover();
  assertEquals(await Deno.readTextFile(stranger), "mine");
});

storeTest(
  "one run at a time: the other is busy, waits when told to, and then has nothing to do",
  async (stage) => {
    await stage.write(...LINES);
    const sidecar = new Sidecar(nativeFileSystem, stage.sidecar);
    const lock = await MaintenanceLock.take(nativeFileSystem, sidecar, "test", {});
    const store = stage.open();
    for (const run of Object.values(RUNS)) {
      assertEquals((await assertRejects(() => run(store, stage), PapyraError)).code, "BUSY");
    }
    const waiting = store.recover({}, { waitMs: 30_000 });
    await lock.release();
    assert((await waiting).changed);
  },
);

/** Runs until a call has come to its end, and dies. */
async function dieAfter(stage: StoreStage, isLast: (call: DiskCall) => boolean): Promise<void> {
  const disk = new HookedFileSystem();
  let isDead = false;
  disk.onDone = (call) => void (isDead ||= isLast(call));
  disk.hook = ({ operation }) => {
    if (isDead && operation !== "close") throw diskError("EIO");
  };
  const store = stage.open({ fileSystem: disk });
  await assertRejects(() => store.compact({ retention: { maxRecords: 2 } }));
  await store.close();
}

const isReceipt = ({ operation, path }: DiskCall): boolean =>
  operation === "sync" && path.endsWith("receipts.ndjson");

storeTest(
  "an intent lasts under its file's name, also where whoever made that was killed",
  async (stage) => {
    await reset(stage);
    await dieAfter(stage, isReceipt);
    const disk = new HookedFileSystem();
    await stage.open({ fileSystem: disk }).compact({ retention: { maxRecords: 1 } });
    const renamed = disk.calls.findIndex(({ operation, path }) =>
      operation === "rename" && path === stage.path
    );
    const before = disk.calls.slice(0, renamed);
    const synced = before.slice(before.findLastIndex(isReceipt))
      .filter(({ operation }) => operation === "syncDirectory").map(({ path }) => path);
    assertEquals(synced, [stage.sidecar, stage.directory]);
  },
);

storeTest("what a killed run did to names is made last before it is called done", async (stage) => {
  await reset(stage);
  await dieAfter(stage, ({ operation, path }) => operation === "rename" && path === stage.path);
  const disk = new HookedFileSystem();
  const store = stage.open({ fileSystem: disk });
  await store.recover();
  const order = disk.calls.filter((call) =>
    isReceipt(call) || (call.operation === "syncDirectory" && call.path === stage.directory)
  );
  assertEquals(order.slice(0, 2).map(({ operation }) => operation), ["syncDirectory", "sync"]);
  assertEquals((await receiptsOf(store))[0]!.outcome, "done");
});

storeTest("the sidecar may be deleted before any one call of a run", async (stage) => {
  for (const [name, run] of Object.entries(RUNS)) {
    const texts = await textsOf(stage, run);
    const calls = await callsOf(stage, run);
    for (let turn = 0; turn < calls.length; turn++) {
      await reset(stage);
      const disk = new HookedFileSystem();
      disk.hook = () => {
        if (disk.calls.length !== turn) return;
        try {
          Deno.removeSync(stage.sidecar, { recursive: true });
        } catch {
          // It was not made yet.
        }
      };
      const store = stage.open({ fileSystem: disk });
      const error = await run(store, stage).then(() => null, (thrown) => thrown);
      await store.close();
      const where = `${name}, before ${calls[turn]!.operation} of ${calls[turn]!.path}: ${error}`;
      if (error !== null) assertEquals((error as PapyraError).code, "BUSY", where);
      const text = await Deno.readTextFile(stage.path);
      assert(text === texts.before || withoutTimes(text) === withoutTimes(texts.after), where);
      assert(error !== null || text !== texts.before, where);
      await run(stage.open(), stage);
      assertEquals(
        withoutTimes(await Deno.readTextFile(stage.path)),
        withoutTimes(texts.after),
        where,
      );
    }
  }
});

storeTest("the sidecar may be deleted between any two writes", async (stage) => {
  const store = stage.open();
  for (let n = 1; n <= 5; n++) {
    assertEquals((await store.recordEvent({ timestamp: NOW, eventType: "E" })).firstSeq, n);
    await Deno.remove(stage.sidecar, { recursive: true }).catch(() => {});
  }
  assertEquals(codes(await store.scan()), []);
  await store.close();
  assertEquals((await stage.open().recordEvent({ eventType: "E" })).firstSeq, 6);
});
