import { join } from "node:path";
import { assertEquals, assertMatch, assertRejects } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { openStore } from "../../lib/operations/open_store.ts";
import { PapyraError } from "../../lib/errors.ts";
import { createReport } from "../../lib/report/create_report.ts";
import type { RecordInput } from "../../lib/model/record.ts";

const HOUR = 3600;

function hourly(count: number): RecordInput[] {
  const now = Date.now() / 1000;
  return Array.from({ length: count }, (_, n): RecordInput => {
    const timestamp = now - (count - n) * HOUR;
    if (n % 10 === 9) return { kind: "dead_letter", timestamp, messageType: "Ping" };
    return { kind: "event", timestamp, eventType: n % 3 === 0 ? "A" : "B" };
  });
}

tempTest("a report tells all about a store of files, and changes nothing", async (directory) => {
  const path = join(directory, "facts.ndjson");
  await using store = await openStore({ url: `file:${path}`, retention: { maxRecords: 20 } });
  await store.recordMany(hourly(100));
  await store.compact({ retention: { maxRecords: 50 } });
  const before = await Deno.readTextFile(path);
  const report = await createReport(store, { topTypes: 1 });
  assertEquals(await Deno.readTextFile(path), before);
  assertEquals(report.verdict.state, "healthy");
  assertMatch(report.verdict.sentence, /^The store is healthy: 60 records in \S+ KiB/);
  assertEquals(report.records, { event: 50, audit: 0, dead_letter: 10 });
  // Also what retention hides of it.
  const { buckets } = report.growth;
  assertEquals(buckets.reduce((sum, { records }) => sum + records.event, 0), 50);
  assertEquals([report.eventTypes.top.length, report.eventTypes.distinct], [1, 2]);
  assertEquals(report.messageTypes, { top: [{ type: "Ping", count: 10 }], others: 0, distinct: 1 });
  assertEquals(report.size.expiredRecords, { event: 30, audit: 0, dead_letter: 0 });
  assertEquals(report.size.physicalBytes, before.length);
  assertEquals(
    report.operations.map((
      { operation, outcome, text },
    ) => [operation, outcome, text.slice(0, 26)]),
    [["compact", "done", "removed 40 expired records"]],
  );
  assertEquals(report.disk.freeBytes! > 0, true);
  // Nobody was handed a record.
  assertEquals((await store.metrics.snapshot()).records_read, 0);
});

tempTest(
  "a damaged store is called damaged, with the place and the next step",
  async (directory) => {
    const path = join(directory, "facts.ndjson");
    await using store = await openStore(`file:${path}`);
    await store.recordMany(hourly(30));
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replaceAll('"Ping"', '"Pong"'));
    const { verdict, anomalies } = await createReport(store);
    assertEquals([verdict.state, anomalies.total], ["damaged", 3]);
    assertMatch(
      verdict.sentence,
      /3 anomalies \(CHECKSUM_MISMATCH\) in facts\.ndjson\.$/,
    );
    assertEquals(verdict.next, `papyra persistence recover --path ${path}`);
    const [{ count, file, line, severity }] = anomalies.places as [typeof anomalies.places[0]];
    assertEquals({ count, file, line, severity }, {
      count: 3,
      file: path,
      line: 10,
      severity: "error",
    });
  },
);

tempTest("where there is no store, or an empty one, the report says so", async (directory) => {
  const path = join(directory, "facts.ndjson");
  await using store = await openStore(`file:${path}`);
  assertEquals((await createReport(store)).verdict.state, "absent");
  await Deno.writeTextFile(path, "");
  assertMatch((await createReport(store)).verdict.sentence, /healthy: it is empty\.$/);
});

Deno.test("a store in memory has a report, without a disk", async () => {
  await using store = new InMemoryPersistence();
  await store.recordMany(hourly(10));
  const { verdict, disk, records } = await createReport(store);
  assertEquals([verdict.state, disk.gap, records.event], ["healthy", "no_disk", 9]);
});

Deno.test("a report is stopped by its signal", async () => {
  await using store = new InMemoryPersistence();
  const { code } = await assertRejects(
    () => createReport(store, { signal: AbortSignal.abort() }),
    PapyraError,
  );
  assertEquals(code, "ABORTED");
});

Deno.test("a store that nobody can plan a compaction for is told of all the same", async () => {
  class Unplanned extends InMemoryPersistence {
    override compact(): Promise<never> {
      return Promise.reject(new PapyraError("BUSY", "another run has the store"));
    }
  }
  await using store = new Unplanned();
  const { size } = await createReport(store);
  assertEquals([size.reclaimableBytes, size.unknownBecause], [null, "another run has the store"]);
});
