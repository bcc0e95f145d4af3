import { join } from "node:path";
import { PapyraError } from "../../../lib/errors.ts";
import { nativeFileSystem } from "../../../lib/storage/native/native_file_system.ts";
import { assert, assertEquals, assertRejects } from "../../_assert.ts";
import { tempTest } from "../../_temp.ts";
import { json, jsons, openLog, type TestLog } from "./append_logs.ts";
import { diskError } from "../disk_error.ts";
import { type DiskHook, failing, HookedFileSystem } from "../hooked_file_system.ts";

interface Stage {
  readonly path: string;
  readonly disk: HookedFileSystem;
  readonly log: TestLog;
  /** What the file held before the fault. */
  readonly before: string;
  /** Appends ten records and tells with which code that is refused. */
  refusal(): Promise<string>;
}

/** A log of two records on a disk that is about to fail. */
function faultTest(name: string, body: (stage: Stage) => Promise<void>): void {
  tempTest(name, async (directory) => {
    const path = join(directory, "log");
    const disk = new HookedFileSystem();
    await using log = openLog(path, { fileSystem: disk });
    await log.append(jsons(2));
    const before = await Deno.readTextFile(path);
    const refusal = async () => {
      return (await assertRejects(() => log.append(jsons(10)), PapyraError)).code;
    };
    await body({ path, disk, log, before, refusal });
  });
}

/** A disk on which only the first `bytes` bytes of the next append have room. */
function fullAfter(bytes: number): DiskHook {
  let left = bytes;
  return ({ operation, path, size }) => {
    if (operation !== "append" || !path.endsWith("log")) return;
    if (left === 0) throw diskError("ENOSPC");
    const taken = Math.min(left, size);
    left -= taken;
    return taken;
  };
}

for (const bytes of [0, 1, 100, 500]) {
  faultTest(
    `a disk that is full after ${bytes} bytes leaves nothing of the batch, and says so`,
    async (stage) => {
      const { disk, log, path, before, refusal } = stage;
      disk.hook = fullAfter(bytes);
      assertEquals(await refusal(), "NOT_WRITTEN");
      assertEquals(await Deno.readTextFile(path), before);
      disk.hook = () => {};
      assertEquals(await log.append([json(3)]), { firstSeq: 3, lastSeq: 3, count: 1 });
      assert((await Deno.readTextFile(path)).startsWith(before));
    },
  );
}

faultTest("what was cut back is synced before anybody is told that it is gone", async (stage) => {
  stage.disk.hook = fullAfter(100);
  stage.disk.calls.length = 0;
  assertEquals(await stage.refusal(), "NOT_WRITTEN");
  const order = stage.disk.calls.map(({ operation }) => operation);
  assertEquals(order, ["append", "truncate", "sync"]);
});

faultTest("short writes are gone on with", async ({ disk, log, path }) => {
  disk.hook = ({ operation }) => operation === "append" ? 7 : undefined;
  assertEquals(await log.append(jsons(10)), { firstSeq: 3, lastSeq: 12, count: 10 });
  assertEquals((await Deno.readTextFile(path)).split("\n").length, 13);
});

faultTest("a write that takes nothing for ever is a failed write", async (stage) => {
  const { disk, path, before, refusal } = stage;
  disk.hook = ({ operation }) => operation === "append" ? 0 : undefined;
  assertEquals(await refusal(), "NOT_WRITTEN");
  assertEquals(await Deno.readTextFile(path), before);
});

faultTest("every caller of a failed batch is told, and each for itself", async ({ disk, log }) => {
  disk.hook = fullAfter(0);
  const answers = await Promise.allSettled(jsons(100).map((record) => log.append([record])));
  assert(answers.every(({ status }) => status === "rejected"));
});

faultTest(
  "a failed write that cannot be cut back is unknown, and nothing is used twice",
  async (stage) => {
    const { disk, log, path, refusal } = stage;
    const full = fullAfter(50);
    disk.hook = (call) => {
      if (call.operation === "truncate") throw diskError("EIO");
      return full(call);
    };
    assertEquals(await refusal(), "UNKNOWN");
    disk.hook = () => {};
    // The fragment counts as a record, since it may be taken for one.
    assertEquals((await log.append([json(3)])).firstSeq, 4);
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
    assertEquals(lines.length, 4);
  },
);

faultTest("nothing is cut where others have written behind a failed write", async (stage) => {
  const { disk, path, before, refusal } = stage;
  const full = fullAfter(100);
  disk.hook = (call) => {
    if (call.operation === "append" && call.size < 1000) {
      Deno.writeTextFileSync(path, "others", { append: true });
    }
    return full(call);
  };
  const code = await refusal();
  const after = await Deno.readTextFile(path);
  assertEquals([code, after.slice(0, before.length), after.includes("others")], [
    "UNKNOWN",
    before,
    true,
  ]);
});

faultTest(
  "a failed sync is cut back and told, and then nothing is written until the log is opened anew",
  async (stage) => {
    const { disk, log, path, before, refusal } = stage;
    let syncs = 0;
    disk.hook = ({ operation }) => {
      if (operation === "sync" && ++syncs === 1) throw diskError("EIO");
    };
    assertEquals(await refusal(), "NOT_WRITTEN");
    assertEquals(await Deno.readTextFile(path), before);
    disk.hook = () => {};
    assertEquals(await refusal(), "STORE_FAILED");
    assertEquals((await assertRejects(() => log.flush(), PapyraError)).code, "STORE_FAILED");
    assertEquals(await Deno.readTextFile(path), before);
    await using again = openLog(path);
    assertEquals((await again.append([json(3)])).firstSeq, 3);
  },
);

faultTest("a failed sync whose cut fails too is unknown", async ({ disk, log, refusal }) => {
  disk.hook = failing("EIO", ({ operation }) => operation === "sync");
  assertEquals(await refusal(), "UNKNOWN");
  assertEquals(await refusal(), "STORE_FAILED");
  assertEquals((await assertRejects(() => log.close(), PapyraError)).code, "STORE_FAILED");
});

faultTest("who waits behind a failed sync is refused, and was not written", async (stage) => {
  const { disk, log, path, before } = stage;
  const waiting: Promise<unknown>[] = [];
  disk.hook = ({ operation }) => {
    if (operation !== "sync") return;
    if (waiting.length === 0) {
      for (const record of jsons(50)) {
        waiting.push(log.append([record]).catch((error) => error.code));
      }
    }
    throw diskError("EIO");
  };
  await assertRejects(() => log.append([json(1)]), PapyraError);
  const codes = await Promise.all(waiting);
  assertEquals([codes.length, new Set(codes)], [50, new Set(["STORE_FAILED"])]);
  const lines = (await Deno.readTextFile(path)).slice(before.length).trimEnd().split("\n");
  assertEquals(lines.length, 1, "only the record whose sync and cut failed");
});

tempTest(
  "a sync that fails later, with an interval, is told by every later call",
  async (directory) => {
    const disk = new HookedFileSystem();
    const log = openLog(join(directory, "log"), { fileSystem: disk, durability: "interval:1" });
    await log.append([json(1)]);
    const failed = Promise.withResolvers<void>();
    disk.hook = ({ operation }) => {
      if (operation !== "sync") return;
      failed.resolve();
      throw diskError("EIO");
    };
    await log.append([json(2)]);
    await failed.promise;
    assertEquals((await assertRejects(() => log.flush(), PapyraError)).code, "STORE_FAILED");
    assertEquals(
      (await assertRejects(() => log.append([json(3)]), PapyraError)).code,
      "STORE_FAILED",
    );
    assertEquals((await assertRejects(() => log.close(), PapyraError)).code, "STORE_FAILED");
    assertEquals([disk.count("open", "log"), disk.count("close", "log")], [0, 1]);
  },
);

faultTest("a batch that was refused is not numbered for durable", async ({ disk, path }) => {
  const durable: number[] = [];
  await using log = openLog(path, { fileSystem: disk, onDurable: (seq) => durable.push(seq) });
  disk.hook = fullAfter(10);
  await assertRejects(() => log.append(jsons(10)), PapyraError);
  disk.hook = () => {};
  await log.append([json(1)]);
  assertEquals(durable, [3]);
});

faultTest("a torn fence is cut back with its batch", async ({ disk, path, refusal }) => {
  await Deno.writeTextFile(path, "torn", { append: true });
  const before = await Deno.readTextFile(path);
  disk.hook = fullAfter(1);
  assertEquals(await refusal(), "NOT_WRITTEN");
  assertEquals(await Deno.readTextFile(path), before);
});

faultTest("a look that fails leaves no lock behind", async ({ disk, log, path, refusal }) => {
  const look = disk.stat.bind(disk);
  disk.stat = (looked) => {
    if (looked === path) throw diskError("EACCES");
    return look(looked);
  };
  assertEquals(await refusal(), "NOT_WRITTEN");
  const other = await nativeFileSystem.open(path, { access: "read", lockable: true });
  assert(other.tryLock("exclusive"), "the file is still locked");
  await other.close();
  disk.stat = look;
  assertEquals(await log.append([json(3)]), { firstSeq: 3, lastSeq: 3, count: 1 });
});

tempTest(
  "a sync that fails for a file that was moved away leaves no lock behind",
  async (directory) => {
    const [path, moved] = [join(directory, "log"), join(directory, "moved")];
    const disk = new HookedFileSystem();
    await using log = openLog(path, { fileSystem: disk, durability: "os" });
    await log.append(jsons(2));
    await Deno.rename(path, moved);
    disk.hook = failing("EIO", ({ operation }) => operation === "sync");
    await assertRejects(() => log.append([json(3)]), PapyraError);
    const other = await nativeFileSystem.open(moved, { access: "read", lockable: true });
    assert(other.tryLock("exclusive"), "the file is still locked");
    await other.close();
  },
);
