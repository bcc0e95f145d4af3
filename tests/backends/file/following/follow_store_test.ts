import { dirname, join } from "node:path";
import { RotatingFilePersistence } from "../../../../mod.ts";
import { expectCode } from "../../../../lib/testing/expect.ts";
import { Following } from "../../../../lib/testing/following.ts";
import { eventOf, recordsOf } from "../../../../lib/testing/samples.ts";
import { assertEquals, assertMatch } from "../../../_assert.ts";
import { eventLine } from "../../../storage/lines.ts";
import { failing, HookedFileSystem } from "../../../storage/hooked_file_system.ts";
import { numbers, record, until } from "./_follow.ts";
import { storeTest } from "../_stores.ts";

const ALL = { limit: Infinity };

storeTest("a follower waits for a store in a directory that is yet to be made", async (stage) => {
  const path = join(stage.directory, "later", "events.ndjson");
  await using following = new Following(stage.open({}, path), { afterSeq: 0 });
  await following.untilCaughtUp();
  await record(path, 3);
  await following.until(3);
  assertEquals(following.seqs, [1, 2, 3]);
});

storeTest("records that a compaction keeps come also from the file that it made", async (stage) => {
  const store = stage.open();
  await store.recordMany(recordsOf("event", 10));
  const records = stage.open().follow(undefined, { limit: 1 })[Symbol.asyncIterator]();
  assertEquals((await records.next()).value.seq, 10);
  // Nothing is looked at before the next one is asked for.
  await store.recordMany(recordsOf("event", 10));
  await store.compact({ retention: { maxRecords: 4 } });
  await store.recordMany(recordsOf("event", 2));
  for (const seq of numbers(17, 22)) assertEquals((await records.next()).value.seq, seq);
  await records.return!();
});

storeTest("segments come in their order, as many as there are, compacted or not", async (stage) => {
  await using store = new RotatingFilePersistence(stage.path, { maxRecords: 1 });
  await store.recordMany(recordsOf("event", 1));
  await using following = new Following(store);
  await following.untilCaughtUp();
  // More than a look holds open.
  for (const event of recordsOf("event", 100)) await store.recordMany([event]);
  await following.until(100);
  for (const event of recordsOf("event", 80)) await store.recordMany([event]);
  await store.compact({ retention: { maxRecords: 70 } });
  await following.until(170);
  assertEquals(following.seqs.slice(0, 100), numbers(2, 101));
  assertEquals(following.seqs.slice(-70), numbers(112, 181));
});

storeTest("an old file in the place of the active one hides no segment", async (stage) => {
  await using store = new RotatingFilePersistence(stage.path, { maxRecords: 2 });
  await store.recordMany(recordsOf("event", 2));
  const old = await stage.lines();
  await store.recordMany(recordsOf("event", 2));
  const records = stage.open().follow(undefined, { limit: 1 })[Symbol.asyncIterator]();
  assertEquals((await records.next()).value.seq, 4);
  // Nothing is looked at before the next one is asked for.
  for (const event of recordsOf("event", 6)) await store.recordMany([event]);
  await store.rotate();
  await store.compact({ retention: { maxRecords: 6 } });
  await stage.write(...old);
  for (const seq of numbers(5, 10)) assertEquals((await records.next()).value.seq, seq);
  await records.return!();
});

storeTest("a segment that is sealed, and nothing else there, is seen", async (stage) => {
  await using store = new RotatingFilePersistence(stage.path);
  await using following = new Following(stage.open(), ALL);
  for (let round = 1; round <= 5; round++) {
    await store.recordEvent(eventOf(round));
    await store.rotate();
    await following.until(round);
  }
  assertEquals(following.seqs, [1, 2, 3, 4, 5]);
});

storeTest(
  "a file that is taken away by a hand is waited for, and its numbers go on",
  async (stage) => {
    await record(stage.path, 5);
    await using following = new Following(stage.open(), ALL);
    await following.until(5);
    await Deno.remove(stage.path);
    await record(stage.path, 2);
    await following.until(7);
    assertEquals(following.seqs, numbers(1, 7));
  },
);

storeTest("a file that is emptied or cut by a hand goes on where its numbers do", async (stage) => {
  await record(stage.path, 5);
  await using following = new Following(stage.open(), ALL);
  await following.until(5);
  await Deno.truncate(stage.path, 0);
  const { caughtUp } = following;
  await record(stage.path, 2);
  await following.until(7);
  await following.untilCaughtUp(caughtUp + 1);
  const looked = following.untilLooked();
  await stage.write(...(await stage.lines()).slice(0, 1));
  // Its last number is too small by now, and is not given again all the same.
  await looked;
  await record(stage.path, 3);
  await following.until(10);
  assertEquals(following.seqs, numbers(1, 10));
});

storeTest("a file that is written anew in place shows nothing again", async (stage) => {
  await record(stage.path, 5);
  await using following = new Following(stage.open(), ALL);
  await following.until(5);
  const lines = await stage.lines();
  await stage.write(...lines.slice(2), eventLine(6), eventLine(7), eventLine(8));
  await following.until(8);
  assertEquals(following.seqs, numbers(1, 8));
});

storeTest(
  "a store that was made anew is SEQUENCE_RESET, however far it has come",
  async (stage) => {
    for (const count of [1, 4, 5, 6, 20]) {
      await Deno.remove(stage.path).catch(() => {});
      await Deno.remove(stage.sidecar, { recursive: true }).catch(() => {});
      await record(stage.path, 5);
      await using following = new Following(stage.open(), ALL);
      await following.until(5);
      await Deno.remove(stage.path);
      await Deno.remove(stage.sidecar, { recursive: true });
      await stage.write(...numbers(1, count).map((seq) => eventLine(seq, { payload: { count } })));
      const { message } = await expectCode("SEQUENCE_RESET", () => following.untilRefused());
      assertMatch(
        message,
        /^Cannot follow ".*events\.ndjson" behind record 5: .*; it was made anew/,
      );
      assertEquals(following.seqs, numbers(1, 5));
    }
  },
);

storeTest("lines that a hand appends again are not seen again", async (stage) => {
  await record(stage.path, 2);
  await using following = new Following(stage.open());
  await following.untilCaughtUp();
  const [first] = await stage.lines();
  const append = (...lines: string[]) =>
    Deno.writeTextFile(stage.path, `${lines.join("\n")}\n`, { append: true });
  await append(eventLine(3), first!, eventLine(4), first!, eventLine(5));
  await following.until(3);
  await append(eventLine(6));
  await following.until(4);
  assertEquals(following.seqs, [3, 4, 5, 6]);
});

storeTest(
  "numbers that go back in a file are SEQUENCE_RESET, behind what came before",
  async (stage) => {
    await record(stage.path, 2);
    await using following = new Following(stage.open());
    await following.untilCaughtUp();
    await Deno.writeTextFile(stage.path, `${eventLine(7)}\n${eventLine(6)}\n`, { append: true });
    const { message } = await expectCode("SEQUENCE_RESET", () => following.untilRefused());
    assertMatch(message, /behind record 7: its newest record is number 6;/);
    assertEquals(following.seqs, [7]);
  },
);

storeTest(
  "damage is passed over and counted once, and repairing it changes nothing",
  async (stage) => {
    const store = stage.open();
    await store.recordMany(recordsOf("event", 3));
    const caughtUp = Promise.withResolvers<void>();
    const stream = store.follow(undefined, { onCaughtUp: caughtUp.resolve });
    const records = stream[Symbol.asyncIterator]();
    const first = records.next();
    await caughtUp.promise;
    await Deno.writeTextFile(stage.path, '{"kind":"event","ti\n', { append: true });
    await record(stage.path, 1);
    assertEquals((await first).value.seq, 5);
    assertEquals(stream.skipped, 1);
    await store.recover({ mode: "repair" });
    await record(stage.path, 1);
    assertEquals((await records.next()).value.seq, 6);
    assertEquals(stream.skipped, 1);
    await records.return!();
  },
);

storeTest("a record comes once its line is whole", async (stage) => {
  await using following = new Following(stage.open());
  await following.untilCaughtUp();
  const append = (text: string) => Deno.writeTextFile(stage.path, text, { append: true });
  const line = eventLine(1);
  const looked = following.untilLooked();
  await append(line.slice(0, 30));
  await looked;
  await append(`${line.slice(30)}\n${eventLine(2)}`);
  await following.until(2);
  await append(`\n${eventLine(3)}\n`);
  await following.until(3);
  assertEquals(following.seqs, [1, 2, 3]);
});

storeTest("what a write that fails has written is never seen", async (stage) => {
  await record(stage.path, 2);
  const disk = new HookedFileSystem();
  const writer = stage.open({ fileSystem: disk });
  await using following = new Following(stage.open());
  await following.untilCaughtUp();
  const failed = Promise.withResolvers<void>();
  let isWaiting = false;
  disk.hook = async (call) => {
    if (call.operation !== "sync" || isWaiting) return;
    isWaiting = true;
    await failed.promise;
    failing("EIO", () => true)(call);
  };
  const written = writer.recordEvent(eventOf(1000)).catch(({ code }) => code);
  await until(() => isWaiting);
  await using other = new Following(stage.open(), { afterSeq: 2 });
  // A read that has waited long enough shows it: so long the followers had, too.
  assertEquals((await stage.open().listEvents()).length, 3);
  failed.resolve();
  assertEquals(await written, "NOT_WRITTEN");
  await record(stage.path, 1);
  await Promise.all([following.until(1), other.until(1)]);
  assertEquals([following.records.map(({ kind }) => kind), following.seqs], [["event"], [3]]);
  assertEquals(other.records, following.records);
  assertEquals((await stage.open().listEvents()).slice(2), following.records);
});

storeTest("what a store cannot be read for ends it as IO_ERROR", async (stage) => {
  await record(stage.path, 1);
  const disk = new HookedFileSystem();
  const following = new Following(stage.open({ fileSystem: disk }));
  await following.untilCaughtUp();
  disk.hook = failing("EACCES", ({ operation }) => operation === "open");
  await record(stage.path, 1);
  await expectCode("IO_ERROR", () => following.untilRefused());
});

storeTest("who leaves lets go of the files", async (stage) => {
  await using store = new RotatingFilePersistence(stage.path, { maxRecords: 1 });
  await store.recordMany(recordsOf("event", 3));
  const disk = new HookedFileSystem();
  for (const leaveAfter of [1, 2]) {
    let count = 0;
    for await (const _ of stage.open({ fileSystem: disk }).follow(undefined, ALL)) {
      if (++count === leaveAfter) break;
    }
  }
  assertEquals(disk.count("open", dirname(stage.path)), 0);
  assertEquals(disk.count("close"), disk.count("open"));
});
