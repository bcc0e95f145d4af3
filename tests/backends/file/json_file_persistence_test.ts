import { join } from "node:path";
import { PapyraError } from "../../../lib/errors.ts";
import { LINE_BYTES_MAX } from "../../../lib/storage/format.ts";
import { assert, assertEquals, assertRejects } from "../../_assert.ts";
import { withoutUmask } from "../../_umask.ts";
import { diskError } from "../../storage/disk_error.ts";
import { failing, HookedFileSystem } from "../../storage/hooked_file_system.ts";
import { eventLine } from "../../storage/lines.ts";
import { checkpointLine, codes, everything, NOW, receiptsOf, storeTest } from "./_stores.ts";

const EVENT = { timestamp: NOW, eventType: "E" };

storeTest("a thousand concurrent records cost a handful of syncs", async (stage) => {
  const disk = new HookedFileSystem();
  const store = stage.open({ fileSystem: disk });
  const answers = await Promise.all(Array.from({ length: 1000 }, () => store.recordEvent(EVENT)));
  assertEquals(new Set(answers.map(({ lastSeq }) => lastSeq)).size, 1000);
  assert(disk.count("sync", "events.ndjson") <= 5);
  assertEquals(
    (await store.listEvents()).map(({ seq }) => seq),
    [
      ...answers.keys(),
    ].map((index) => index + 1),
  );
});

storeTest("recordMany() is one write, one sync and one answer", async (stage) => {
  const disk = new HookedFileSystem();
  const store = stage.open({ fileSystem: disk });
  const records = Array.from({ length: 100 }, () => ({ kind: "event", ...EVENT }) as const);
  assertEquals(await store.recordMany(records), { firstSeq: 1, lastSeq: 100, count: 100 });
  assertEquals([disk.count("append", "events.ndjson"), disk.count("sync", "events.ndjson")], [
    1,
    1,
  ]);
});

storeTest("two stores on one file, through two links, in one process", async (stage) => {
  const [real, one, other] = ["data", "one", "other"].map((name) => join(stage.directory, name));
  await Deno.mkdir(real!);
  await Deno.symlink(real!, one!);
  await Deno.symlink(join(real!, "events.ndjson"), other!);
  const first = stage.open({}, join(one!, "events.ndjson"));
  await first.recordEvent(EVENT);
  const second = stage.open({}, other!);
  const stores = [first, second, stage.open({}, join(real!, "events.ndjson"))];
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, index) => stores[index % 3]!.recordEvent(EVENT)),
  );
  const seqs = answers.map(({ lastSeq }) => lastSeq!).sort((low, high) => low - high);
  assertEquals(seqs, Array.from({ length: 300 }, (_, index) => index + 2));
  await second.compact({ retention: { maxRecords: 10 } });
  await first.recordEvent(EVENT);
  for (const store of stores) {
    assertEquals((await store.listEvents()).length, 11);
    assertEquals(codes(await store.scan()), []);
  }
  assert((await Deno.lstat(other!)).isSymlink, "a link is never replaced");
  const names = [...Deno.readDirSync(real!)].map(({ name }) => name).sort();
  assertEquals(names, [".events.ndjson.papyra", "events.ndjson"]);
});

storeTest("what a store makes is its owner's alone", (stage) =>
  withoutUmask(async () => {
    const path = join(stage.directory, "new", "events.ndjson");
    const store = stage.open({ retention: { maxRecords: 1 } }, path);
    await store.recordMany([{ kind: "event", ...EVENT }, { kind: "event", ...EVENT }]);
    await store.compact();
    await Deno.writeTextFile(path, `${"x".repeat(9000)}\n`, { append: true });
    await store.recover();
    await store.close();
    const seen: string[] = [];
    const look = async (folder: string): Promise<void> => {
      assertEquals((await Deno.lstat(folder)).mode! & 0o777, 0o700, folder);
      for await (const { name, isDirectory } of Deno.readDir(folder)) {
        const child = join(folder, name);
        if (isDirectory) await look(child);
        else assertEquals((await Deno.lstat(child)).mode! & 0o777, 0o600, child);
        seen.push(name);
      }
    };
    await look(join(stage.directory, "new"));
    for (const name of ["events.ndjson", "state.json", "receipts.ndjson", "removed"]) {
      assert(seen.includes(name), name);
    }
  }));

storeTest("a store of a newer format is read, and changed by nothing", async (stage) => {
  const lines = [eventLine(1), checkpointLine(1, [1], { version: 2 }), "junk", eventLine(3)];
  await stage.write(...lines);
  const store = stage.open();
  assertEquals((await everything(store)).map(({ seq }) => seq), [1, 3]);
  await store.scan();
  const changes: (() => Promise<unknown>)[] = [
    () => store.recordEvent(EVENT),
    () => store.compact({ retention: { maxRecords: 1 } }),
    () => store.recover(),
    () => store.recover({ mode: "rebuild" }),
    () => store.recover({ mode: "quarantine", quarantineDir: join(stage.directory, "q") }),
  ];
  for (const change of changes) {
    const error = await assertRejects(change, PapyraError);
    assertEquals(error.code, "UNSUPPORTED_VERSION", String(change));
  }
  assertEquals(await stage.lines(), lines);
});

storeTest("a store whose state is of a newer format is changed by nothing", async (stage) => {
  await stage.write(eventLine(1), eventLine(2), "junk");
  await Deno.mkdir(stage.sidecar);
  const state = '{"format_version":2,"durable_seq":2}';
  await Deno.writeTextFile(join(stage.sidecar, "state.json"), state);
  const before = await stage.lines();
  const store = stage.open();
  assertEquals((await everything(store)).length, 2);
  const changes: (() => Promise<unknown>)[] = [
    () => store.recordEvent(EVENT),
    () => store.compact({ retention: { maxRecords: 1 } }),
    () => store.recover(),
    () => store.recover({ mode: "rebuild" }),
  ];
  for (const change of changes) {
    const error = await assertRejects(change, PapyraError);
    assertEquals(error.code, "UNSUPPORTED_VERSION", String(change));
  }
  assertEquals(await stage.lines(), before);
  assertEquals(await Deno.readTextFile(join(stage.sidecar, "state.json")), state);
});

storeTest("a record that fits no line is refused before anything is written", async (stage) => {
  const store = stage.open();
  const text = "ü".repeat(LINE_BYTES_MAX / 2);
  const write = () =>
    store.recordMany([{ kind: "event", ...EVENT }, {
      kind: "event",
      ...EVENT,
      payload: { text },
    }]);
  assertEquals((await assertRejects(write, PapyraError)).code, "RECORD_TOO_LARGE");
  assertEquals((await store.describe()).exists, false);
  await store.recordEvent({ ...EVENT, payload: { text: text.slice(200) } });
  assertEquals(codes(await store.scan()), []);
});

storeTest("free bytes are told where they are asked for, and known", async (stage) => {
  const disk = new HookedFileSystem();
  const store = stage.open({ fileSystem: disk });
  await store.recordEvent(EVENT);
  assertEquals((await store.describe()).freeBytes, null);
  disk.freeBytes = () => Promise.resolve(42);
  assertEquals((await store.describe({ withFreeBytes: true })).freeBytes, 42);
  disk.freeBytes = () => Promise.reject(diskError("EACCES"));
  assertEquals((await store.describe({ withFreeBytes: true })).freeBytes, null);
});

storeTest(
  "a record for which the store cannot be opened was not written, and its caller is told so",
  async (stage) => {
    const disk = new HookedFileSystem();
    const realPath = disk.realPath.bind(disk);
    disk.realPath = () => Promise.reject(diskError("EACCES"));
    const store = stage.open({ fileSystem: disk });
    const refusal = await assertRejects(() => store.recordEvent(EVENT), PapyraError);
    assertEquals(refusal.code, "NOT_WRITTEN");
    disk.realPath = realPath;
    assertEquals((await store.recordEvent(EVENT)).lastSeq, 1);
  },
);

storeTest("a failed write is told and counted, and the store goes on", async (stage) => {
  const disk = new HookedFileSystem();
  const store = stage.open({ fileSystem: disk });
  await store.recordEvent(EVENT);
  disk.hook = failing(
    "ENOSPC",
    ({ operation, path }) => operation === "append" && path === stage.path,
  );
  const error = await assertRejects(
    () => store.recordEvent(EVENT),
    PapyraError,
    "the disk is full",
  );
  assertEquals([error.code, error.file], ["NOT_WRITTEN", stage.path]);
  disk.hook = () => {};
  assertEquals((await store.recordEvent(EVENT)).lastSeq, 2);
  const { records_written, write_errors } = await store.metrics.snapshot();
  assertEquals([records_written, write_errors], [2, 1]);
});

storeTest(
  "after a failed sync a store takes no writes, and still reads, until it is opened anew",
  async (stage) => {
    const disk = new HookedFileSystem();
    const store = stage.open({ fileSystem: disk });
    await store.recordEvent(EVENT);
    let isFirst = true;
    disk.hook = ({ operation, path }) => {
      if (operation !== "sync" || path !== stage.path || !isFirst) return;
      isFirst = false;
      throw diskError("EIO");
    };
    assertEquals(
      (await assertRejects(() => store.recordEvent(EVENT), PapyraError)).code,
      "NOT_WRITTEN",
    );
    assertEquals(
      (await assertRejects(() => store.recordEvent(EVENT), PapyraError)).code,
      "STORE_FAILED",
    );
    assertEquals((await store.listEvents()).length, 1);
    await store.close().catch(() => {});
    assertEquals((await stage.open().recordEvent(EVENT)).lastSeq, 2);
  },
);

storeTest(
  "a path that cannot be used is told at the first call, and used once it can",
  async (stage) => {
    await Deno.mkdir(stage.path);
    const store = stage.open();
    const calls = [() => store.recordEvent(EVENT), () => store.scan(), () => store.listEvents()];
    for (const call of calls) {
      assertEquals((await assertRejects(call, PapyraError)).code, "NOT_A_STORE");
    }
    await Deno.remove(stage.path);
    assertEquals((await store.recordEvent(EVENT)).lastSeq, 1);
  },
);

storeTest("reading and scanning leave no trace", async (stage) => {
  await stage.write(eventLine(1), "junk");
  const before = await Deno.stat(stage.path);
  const store = stage.open();
  await everything(store);
  await store.scan();
  await store.planRecovery();
  await store.compact({ retention: { maxRecords: 0 }, dryRun: true });
  assertEquals(await receiptsOf(store), []);
  await store.metrics.snapshot();
  await store.close();
  assertEquals([...Deno.readDirSync(stage.directory)].map(({ name }) => name), ["events.ndjson"]);
  const after = await Deno.stat(stage.path);
  assertEquals([after.ino, after.mtime], [before.ino, before.mtime]);
});

storeTest(
  "a reader that is slow sees the store as it was, whatever becomes of it",
  async (stage) => {
    const store = stage.open();
    await store.recordMany(
      Array.from({ length: 5000 }, () => ({ kind: "event", ...EVENT }) as const),
    );
    const seqs: number[] = [];
    for await (const { seq } of store.events()) {
      if (seqs.length === 10) {
        await store.compact({ retention: { maxRecords: 10 } });
        await store.recordEvent(EVENT);
      }
      seqs.push(seq!);
    }
    assertEquals(seqs, Array.from({ length: 5000 }, (_, index) => index + 1));
  },
);
