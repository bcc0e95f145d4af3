import { join } from "node:path";
import { PapyraError } from "../../../lib/errors.ts";
import { assert, assertEquals, assertRejects } from "../../_assert.ts";
import { tempTest } from "../../_temp.ts";
import { json, jsons, openLog } from "./append_logs.ts";
import { type DiskCall, HookedFileSystem } from "../hooked_file_system.ts";

/** What a log says of numbers that became durable, and what the disk did before that. */
class SyncLedger {
  readonly disk = new HookedFileSystem();
  readonly #path: string;
  #appended = 0;
  #starting = 0;
  #synced = 0;

  constructor(path: string) {
    this.#path = path;
    this.disk.hook = (call) => {
      if (this.#isOwn(call, "sync")) this.#starting = this.#appended;
    };
    this.disk.onDone = (call) => {
      if (this.#isOwn(call, "append")) this.#appended += call.size;
      if (this.#isOwn(call, "sync")) this.#synced = this.#starting;
    };
  }

  /** Bytes from the start that a sync covers which began after they were written. */
  get synced(): number {
    return this.#synced;
  }

  #isOwn({ operation, path }: DiskCall, wanted: DiskCall["operation"]): boolean {
    return operation === wanted && path === this.#path;
  }
}

/** Where the lines of a file end. */
async function lineEnds(path: string): Promise<number[]> {
  const bytes = await Deno.readFile(path);
  const ends: number[] = [];
  bytes.forEach((byte, index) => {
    if (byte === 0x0a) ends.push(index + 1);
  });
  return ends;
}

async function seqsIn(path: string): Promise<number[]> {
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  return lines.map((line) => (JSON.parse(line) as { seq: number }).seq);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

tempTest("a thousand callers share a handful of writes and syncs", async (directory) => {
  const path = join(directory, "log");
  const ledger = new SyncLedger(path);
  await using log = openLog(path, { fileSystem: ledger.disk });
  const coveredAt = new Map<number, number>();
  await Promise.all(
    jsons(1000).map(async (record) => {
      const { firstSeq } = await log.append([record]);
      coveredAt.set(firstSeq, ledger.synced);
    }),
  );
  assert(ledger.disk.count("sync", "log") <= 5, `${ledger.disk.count("sync", "log")} syncs`);
  assert(ledger.disk.count("append", "log") <= 5);
  const ends = await lineEnds(path);
  assertEquals(ends.length, 1000);
  ends.forEach((end, index) => {
    assert(coveredAt.get(index + 1)! >= end, `record ${index + 1} was told before its sync`);
  });
});

tempTest("callers that come one after another each wait for their own sync", async (directory) => {
  const path = join(directory, "log");
  const ledger = new SyncLedger(path);
  await using log = openLog(path, { fileSystem: ledger.disk });
  for (let count = 1; count <= 5; count++) {
    await log.append([json(count)]);
    assertEquals(ledger.synced, (await lineEnds(path))[count - 1]);
  }
});

tempTest("the name of a new file is durable before its first record is told", async (directory) => {
  const disk = new HookedFileSystem();
  await using log = openLog(join(directory, "new", "log"), { fileSystem: disk });
  await log.append([json(1)]);
  const order = disk.calls.map(({ operation }) => operation);
  assertEquals(order, ["makeDirectory", "create", "append", "sync", "syncDirectory"]);
});

tempTest(
  "a file that another made is synced with its directory before the first record is told",
  async (directory) => {
    const path = join(directory, "log");
    await Deno.writeTextFile(path, "");
    for (const durability of ["always", "os", "interval:1000"] as const) {
      const disk = new HookedFileSystem();
      await using log = openLog(path, { fileSystem: disk, durability });
      await log.append([json(1)]);
      assertEquals([disk.count("sync", "log"), disk.count("syncDirectory")], [1, 1], durability);
      await log.append([json(2)]);
      assertEquals(disk.count("syncDirectory"), 1, durability);
    }
  },
);

tempTest("with os nothing is synced until somebody asks", async (directory) => {
  const path = join(directory, "log");
  const ledger = new SyncLedger(path);
  const durable: number[] = [];
  const log = openLog(path, {
    fileSystem: ledger.disk,
    durability: "os",
    onDurable: (seq) => durable.push(seq),
  });
  await log.append([json(1)]);
  const adopted = ledger.synced;
  await log.append([json(2)]);
  assertEquals([ledger.synced, durable], [adopted, []]);
  await log.flush();
  assertEquals([ledger.synced, durable], [(await lineEnds(path))[1], [2]]);
  await log.append([json(3)]);
  await log.close();
  assertEquals([ledger.synced, durable], [(await lineEnds(path))[2], [2, 3]]);
});

tempTest("with an interval a sync follows by itself", async (directory) => {
  const path = join(directory, "log");
  const durable = Promise.withResolvers<number>();
  const ledger = new SyncLedger(path);
  await using log = openLog(path, {
    fileSystem: ledger.disk,
    durability: "interval:20",
    onDurable: durable.resolve,
  });
  await log.append([json(1)]);
  const adopted = ledger.disk.count("sync", "log");
  await log.append([json(2)]);
  assertEquals(ledger.disk.count("sync", "log"), adopted);
  assertEquals(await durable.promise, 2);
  assertEquals(ledger.synced, (await lineEnds(path))[1]);
});

tempTest(
  "records that are given together stand side by side, with one answer",
  async (directory) => {
    const path = join(directory, "log");
    await using log = openLog(path);
    const answers = await Promise.all([
      log.append(jsons(3)),
      log.append([json(9)]),
      log.append(jsons(500)),
      log.append([]),
    ]);
    assertEquals(answers.slice(0, 3), [
      { firstSeq: 1, lastSeq: 3, count: 3 },
      { firstSeq: 4, lastSeq: 4, count: 1 },
      { firstSeq: 5, lastSeq: 504, count: 500 },
    ]);
    assertEquals(await seqsIn(path), upTo(504));
  },
);

tempTest("a full queue makes callers wait, and keeps their order", async (directory) => {
  const path = join(directory, "log");
  const disk = new HookedFileSystem();
  await using log = openLog(path, { fileSystem: disk, queueBytesMax: json(1).json.length * 10 });
  const answers = await Promise.all(jsons(200).map((record) => log.append([record])));
  assertEquals(answers.map(({ firstSeq }) => firstSeq), upTo(200));
  const types = (await Deno.readTextFile(path)).match(/E\d+/g);
  assertEquals(types, upTo(200).map((number) => `E${number - 1}`));
  assert(disk.count("append", "log") >= 20, "more was taken than there was room for");
});

tempTest("a signal withdraws a record before its batch, and not after", async (directory) => {
  const path = join(directory, "log");
  await using log = openLog(path);
  const controller = new AbortController();
  const kept = log.append([json(1)]);
  const withdrawn = log.append([json(2)], controller.signal);
  controller.abort();
  assertEquals((await assertRejects(() => withdrawn, PapyraError)).code, "ABORTED");
  assertEquals(await kept, { firstSeq: 1, lastSeq: 1, count: 1 });
  const late = new AbortController();
  const disk = new HookedFileSystem();
  await using other = openLog(path, { fileSystem: disk });
  disk.onDone = ({ operation }) => {
    if (operation === "append") late.abort();
  };
  assertEquals(await other.append([json(3)], late.signal), { firstSeq: 2, lastSeq: 2, count: 1 });
  assertEquals(await seqsIn(path), [1, 2]);
});

tempTest("a record is never left waiting, whenever it comes after an answer", async (directory) => {
  await using log = openLog(join(directory, "log"), { durability: "os" });
  for (let hops = 0; hops < 30; hops++) {
    await log.append([json(hops)]);
    for (let hop = 0; hop < hops; hop++) await Promise.resolve();
    const timeout = Promise.withResolvers<string>();
    const timer = setTimeout(() => timeout.resolve("waits for ever"), 5000);
    const answer = await Promise.race([log.append([json(hops)]), timeout.promise]);
    clearTimeout(timer);
    assert(answer !== "waits for ever", `${hops} turns after an answer`);
  }
});

tempTest("flush() waits for everything appended so far", async (directory) => {
  const path = join(directory, "log");
  await using log = openLog(path, { durability: "os" });
  let answered = 0;
  for (const record of jsons(100)) void log.append([record]).then(() => answered++);
  await log.flush();
  assertEquals(answered, 100);
});

tempTest("close() writes what waits, and may be called again", async (directory) => {
  const path = join(directory, "log");
  const log = openLog(path);
  const waiting = log.append(jsons(10));
  await log.close();
  assertEquals(await waiting, { firstSeq: 1, lastSeq: 10, count: 10 });
  assertEquals(await seqsIn(path), upTo(10));
  await log.close();
});
