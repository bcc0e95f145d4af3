import type { CompactionOptions } from "../../../../lib/backend/backend.ts";
import type { RecordInput } from "../../../../lib/model/record.ts";
import type { RetentionPolicy } from "../../../../lib/model/retention.ts";
import { eventOf, mixedRecords, NOW as SAMPLES_NOW } from "../../../../lib/testing/samples.ts";
import { PapyraError } from "../../../../lib/errors.ts";
import { assert, assertEquals, assertRejects } from "../../../_assert.ts";
import { HookedFileSystem } from "../../../storage/hooked_file_system.ts";
import { eventLine, foreignLine } from "../../../storage/lines.ts";
import {
  codes,
  collect,
  everything,
  NOW,
  receiptsOf,
  type StoreStage,
  storeTest,
} from "../_stores.ts";

const RECORDS: readonly RecordInput[] = [
  ...mixedRecords(40),
  { kind: "event", timestamp: NOW + 5000, eventType: "Future" },
  { kind: "dead_letter", timestamp: NOW - 1e6, messageType: "Ancient" },
];

const POLICIES: readonly (readonly [name: string, policy: RetentionPolicy])[] = [
  ["a number of records", { maxRecords: 3 }],
  ["no record", { maxRecords: 0 }],
  ["an age", { maxAgeSeconds: NOW - SAMPLES_NOW + 1000 - 20 }],
  ["no age", { maxAgeSeconds: 0 }],
  ["bytes", { maxTotalBytes: 1500 }],
  ["no bytes", { maxTotalBytes: 0 }],
  ["all of them", { maxRecords: 8, maxAgeSeconds: 2500, maxTotalBytes: 900 }],
  ["one kind only", { byKind: { audit: { maxRecords: 1 } } }],
  ["kinds apart", {
    maxRecords: 2,
    byKind: { dead_letter: { maxRecords: 5 }, event: { maxTotalBytes: 700 } },
  }],
];

for (const [name, retention] of POLICIES) {
  storeTest(`compaction by ${name} keeps what reads keep, byte for byte`, async (stage) => {
    const store = stage.open();
    await store.recordMany(RECORDS);
    const linesBefore = await stage.lines();
    const kept = await collect(store.records(undefined, { retention }));
    const plan = await store.compact({ retention, dryRun: true });
    assertEquals(await stage.lines(), linesBefore, "a dry run changes nothing");
    const report = await store.compact({ retention });
    assertEquals(await everything(store), kept);
    const seqs = new Set(kept.map(({ seq }) => seq));
    assertEquals(
      await stage.records(),
      linesBefore.filter((line) => seqs.has((JSON.parse(line) as { seq: number }).seq)),
    );
    assertEquals({ ...plan, ...changing(report) }, { ...report, ...changing(report) });
    assertEquals(report.removedRecords, RECORDS.length - kept.length);
    assertEquals(codes(await store.scan()), []);
    assertEquals((await store.recordEvent({ eventType: "E" })).firstSeq, RECORDS.length + 1);
  });
}

/** What a plan cannot know, or says otherwise. */
function changing<T extends object>(report: T) {
  const { dryRun, changed, receipt, durationSeconds, afterBytes, reclaimedBytes } = report as T & {
    [name: string]: unknown;
  };
  return { dryRun, changed, receipt, durationSeconds, afterBytes, reclaimedBytes };
}

const NOTHING_TO_DO: readonly (readonly [name: string, options: CompactionOptions])[] = [
  ["without retention", {}],
  ["where nothing is expired", { retention: { maxRecords: 1000 } }],
  ["where limits limit nothing", { retention: { maxRecords: Infinity } }],
];

for (const [name, options] of NOTHING_TO_DO) {
  storeTest(`compaction ${name} leaves the very file`, async (stage) => {
    const store = stage.open();
    await store.recordMany(RECORDS);
    const before = await Deno.stat(stage.path);
    const report = await store.compact(options);
    assertEquals([report.changed, report.receipt, report.reclaimedBytes], [false, null, 0]);
    const after = await Deno.stat(stage.path);
    assertEquals([after.ino, after.mtime], [before.ino, before.mtime]);
    assertEquals(await receiptsOf(store), []);
  });
}

storeTest("compaction of a store that never was makes none", async (stage) => {
  const report = await stage.open().compact({ retention: { maxRecords: 0 } });
  assertEquals([report.changed, report.beforeBytes], [false, 0]);
  assertEquals([...Deno.readDirSync(stage.directory)], []);
});

storeTest("a second compaction has nothing to do", async (stage) => {
  const store = stage.open({ retention: { maxRecords: 5 } });
  await store.recordMany(RECORDS);
  await store.compact();
  const { ino } = await Deno.stat(stage.path);
  assertEquals((await store.compact()).changed, false);
  assertEquals((await Deno.stat(stage.path)).ino, ino);
});

storeTest("one checkpoint stays, however often a store is compacted", async (stage) => {
  const store = stage.open({ retention: { maxRecords: 5 } });
  for (let round = 0; round < 5; round++) {
    await store.recordMany(RECORDS.slice(0, 20));
    await store.compact();
  }
  const checkpoints = (await stage.lines()).filter((line) => line.includes('"checkpoint"'));
  assertEquals(checkpoints.length, 1);
  assertEquals((JSON.parse(checkpoints[0]!) as { to: number }).to, 100);
  assertEquals(codes(await store.scan()), []);
});

storeTest("a flood of events takes nothing away from other kinds", async (stage) => {
  const store = stage.open({ retention: { maxRecords: 3 } });
  await store.recordDeadLetter({ timestamp: NOW, messageType: "Precious" });
  await store.recordMany(Array.from({ length: 500 }, (_, n) => ({ kind: "event", ...eventOf(n) })));
  await store.compact();
  assertEquals((await store.listDeadLetters()).length, 1);
  assertEquals((await store.listEvents()).map(({ payload }) => payload.index), [497, 498, 499]);
});

storeTest(
  "records from the future are kept and counted, those without a time are never too old",
  async (stage) => {
    await stage.write(
      '{"kind": "event", "event_type": "Timeless"}',
      '{"kind": "event", "event_type": "Wordy", "timestamp": "yesterday"}',
      `{"kind": "event", "event_type": "Old", "timestamp": ${NOW - 100}}`,
      `{"kind": "event", "event_type": "Future", "timestamp": ${NOW + 100}}`,
    );
    const store = stage.open({ retention: { maxAgeSeconds: 50 } });
    const report = await store.compact();
    assertEquals([report.removedRecords, report.futureRecords], [1, 1]);
    const types = (await store.listEvents()).map(({ eventType }) => eventType);
    assertEquals(types, ["Timeless", "Wordy", "Future"]);
  },
);

storeTest("an original store stays one, byte for byte", async (stage) => {
  const lines = Array.from({ length: 9 }, (_, index) => foreignLine(index));
  await stage.write(...lines);
  await Deno.truncate(stage.path, (await Deno.stat(stage.path)).size - 1);
  const store = stage.open();
  const report = await store.compact({ retention: { maxRecords: 4 } });
  assertEquals([report.changed, report.removedRecords], [true, 5]);
  assertEquals(await Deno.readTextFile(stage.path), lines.slice(-4).join("\n"));
  assertEquals(codes(await store.scan()), []);
});

storeTest("blank lines are nobody's to remove", async (stage) => {
  await Deno.writeTextFile(stage.path, `\n${eventLine(1)}\n \n${eventLine(2)}\n\n`);
  await stage.open().compact({ retention: { maxRecords: 1 } });
  assertEquals(await stage.records(), ["", " ", eventLine(2), ""]);
});

storeTest("damaged lines are kept as they are, and still found afterwards", async (stage) => {
  const bad = eventLine(2).replace("Started", "Stopped");
  await stage.write(eventLine(1), bad, eventLine(3), "junk", eventLine(5), eventLine(6));
  const store = stage.open();
  const before = codes(await store.scan());
  const report = await store.compact({ retention: { maxRecords: 2 } });
  assertEquals([report.damagedLines, report.removedRecords], [2, 2]);
  assertEquals(await stage.records(), [bad, "junk", eventLine(5), eventLine(6)]);
  assertEquals(codes(await store.scan()), before);
  const recovery = await store.recover();
  assertEquals([recovery.removedRanges, recovery.after.healthy], [2, true]);
  assertEquals(await stage.records(), [eventLine(5), eventLine(6)]);
});

storeTest("a torn tail stays on a line of its own in front of the checkpoint", async (stage) => {
  await stage.write(eventLine(1), eventLine(2));
  const torn = eventLine(3).slice(0, 50);
  await Deno.writeTextFile(stage.path, torn, { append: true });
  const store = stage.open();
  await store.compact({ retention: { maxRecords: 1 } });
  assertEquals(await stage.records(), [eventLine(2), torn]);
  assertEquals(codes(await store.scan()), ["PARTIAL_WRITE"]);
  assertEquals((await store.recordEvent({ eventType: "E" })).firstSeq, 4);
});

/** Losses, each of a store of six records. */
const LOSSES: readonly (readonly [name: string, lose: (stage: StoreStage) => Promise<void>])[] = [
  ["at the start", (stage) => stage.write(...[2, 3, 4, 5, 6].map((seq) => eventLine(seq)))],
  ["in the middle", (stage) => stage.write(...[1, 2, 4, 5, 6].map((seq) => eventLine(seq)))],
  ["at the end", async (stage) => {
    await stage.write(...[1, 2, 3, 4, 5].map((seq) => eventLine(seq)));
    await Deno.mkdir(stage.sidecar);
    await Deno.writeTextFile(`${stage.sidecar}/state.json`, '{"format_version":1,"durable_seq":6}');
  }],
  [
    "beside damage",
    (stage) => stage.write(eventLine(1), "junk", ...[4, 5, 6].map((seq) => eventLine(seq))),
  ],
];

for (const [name, lose] of LOSSES) {
  storeTest(
    `a loss ${name} is still told after any number of compactions, until it is accepted`,
    async (stage) => {
      await lose(stage);
      const store = stage.open();
      assert(codes(await store.scan()).includes("SEQUENCE_GAP"));
      for (const maxRecords of [3, 2, 1, 0]) {
        await store.compact({ retention: { maxRecords } });
        assert(codes(await store.scan()).includes("SEQUENCE_GAP"), `${maxRecords} records kept`);
        await store.recordEvent({ timestamp: NOW, eventType: "E" });
      }
      const recovery = await store.recover();
      assertEquals([recovery.after.healthy, codes(await store.scan())], [true, []]);
    },
  );
}

storeTest(
  "a receipt says what was removed, of which kind, from when to when and why",
  async (stage) => {
    const store = stage.open({ retention: { maxRecords: 2 } });
    await store.recordMany(RECORDS.slice(0, 12));
    const removedBytes = (await stage.lines()).slice(0, 4).reduce(
      (sum, line) => sum + line.length,
      0,
    );
    const report = await store.compact();
    const [receipt, ...others] = await receiptsOf(store);
    assertEquals([others.length, receipt!.id], [0, report.receipt]);
    assertEquals([receipt!.operation, receipt!.outcome, receipt!.at], ["compact", "done", NOW]);
    const details = receipt!.details as {
      readonly reason: string;
      readonly removed: { readonly event: Record<string, unknown> };
      readonly retention: object;
      readonly old: Record<string, unknown>;
      readonly new: Record<string, unknown>;
    };
    assertEquals(details.reason, "retention");
    assertEquals(details.removed.event.records, report.byKind.event.removedRecords);
    assertEquals(details.removed.event.seqs, { min: 1, max: 8 });
    assertEquals(details.removed.event.timestamps, {
      min: SAMPLES_NOW - 999,
      max: SAMPLES_NOW - 992,
    });
    assert((details.removed.event.bytes as number) < removedBytes * 3);
    assertEquals(details.old.size, report.beforeBytes);
    assertEquals(details.new.size, report.afterBytes);
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(stage.path));
    assertEquals(
      details.new.sha256,
      [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    );
  },
);

storeTest("the newest records last before older ones go for their sake", async (stage) => {
  const disk = new HookedFileSystem();
  const store = stage.open({ fileSystem: disk, durability: "os" });
  await store.recordMany(mixedRecords(10));
  disk.calls.length = 0;
  await store.compact({ retention: { maxRecords: 1 } });
  const first = (operation: string) =>
    disk.calls.findIndex((call) => call.operation === operation && call.path === stage.path);
  assert(first("sync") !== -1 && first("sync") < first("rename"));
});

storeTest("a store that is written while it is compacted loses nothing", async (stage) => {
  const store = stage.open({ durability: "os" });
  const writer = stage.open({ durability: "os" });
  await store.recordMany(mixedRecords(2000));
  let isOver = false;
  const written = (async () => {
    const seqs: number[] = [];
    while (!isOver) seqs.push((await writer.recordAudit({ timestamp: NOW })).firstSeq!);
    return seqs;
  })();
  for (let round = 0; round < 10; round++) {
    await store.compact({ retention: { byKind: { event: { maxRecords: 100 - round } } } });
  }
  isOver = true;
  const seqs = await written;
  const audits = (await store.listAudits()).map(({ seq }) => seq!).filter((seq) => seq > 2000);
  assertEquals(audits, seqs);
  assertEquals(codes(await store.scan()), []);
});

storeTest(
  "a store that is cut to nothing while it is compacted loses nothing that came since",
  async (stage) => {
    const disk = new HookedFileSystem();
    const store = stage.open({ fileSystem: disk });
    const writer = stage.open();
    await store.recordMany(RECORDS);
    let isCut = false;
    disk.hook = async ({ operation, path }) => {
      if (operation !== "sync" || !path.includes("rewrite.") || isCut) return;
      isCut = true;
      await Deno.truncate(stage.path);
      await writer.recordEvent({ timestamp: NOW, eventType: "Since" });
    };
    const compacting = store.compact({ retention: { maxRecords: 2 } });
    const error = await assertRejects(() => compacting, PapyraError);
    assertEquals(error.code, "BUSY");
    assertEquals((await store.listEvents()).map(({ eventType }) => eventType), ["Since"]);
  },
);

storeTest(
  "what is missing before a file is told behind a compaction, until it is put back",
  async (stage) => {
    const [old, lines] = [[1, 2, 3], [4, 5, 6]].map((seqs) => seqs.map((seq) => eventLine(seq)));
    await stage.write(...lines!);
    await stage.open().compact({ retention: { maxRecords: 2 } });
    const [gap, ...others] = (await stage.scan()).anomalies;
    assertEquals([gap!.code, others], ["SEQUENCE_GAP", []]);
    assert(gap!.reason.startsWith("records 1 to 3 are missing"), gap!.reason);
    await Deno.writeTextFile(`${stage.path}.1`, old!.map((line) => `${line}\n`).join(""));
    assertEquals((await stage.scan()).anomalies, []);
  },
);
