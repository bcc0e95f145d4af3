import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import type { RetentionPolicy } from "../../lib/model/retention.ts";
import { eventOf, mixedRecords, NOW, randomFrom, recordsOf } from "../../lib/testing/samples.ts";
import { assert, assertEquals } from "../_assert.ts";
import { codeOf, freshUrl, keyOf } from "./_stores.ts";
import { feed, serversOfFile, standalone } from "./servers.ts";

const servers = serversOfFile(standalone());

const POLICIES: readonly RetentionPolicy[] = [
  { maxRecords: 20 },
  { maxAgeSeconds: 50 },
  { maxRecords: 30, maxAgeSeconds: 60 },
  { byKind: { event: { maxRecords: 5 }, audit: { maxAgeSeconds: 10 } } },
];

function scattered(): ReturnType<typeof mixedRecords> {
  const random = randomFrom(5);
  return mixedRecords(200)
    .map((record) => ({ ...record, timestamp: NOW - Math.floor(random() * 100) }));
}

Deno.test("compaction leaves what it leaves of the same records elsewhere", async () => {
  for (const retention of POLICIES) {
    const options = { retention, clock: () => NOW };
    await using redis = new RedisStreamsPersistence(freshUrl(servers.current), options);
    await using memory = new InMemoryPersistence(options);
    const reports = [];
    for (const store of [redis, memory]) {
      await store.recordMany(scattered());
      const { removedRecords, afterRecords, futureRecords } = await store.compact();
      reports.push({ removedRecords, afterRecords, futureRecords });
    }
    assertEquals(reports[0], reports[1]);
    const left = async (store: InMemoryPersistence | RedisStreamsPersistence) =>
      (await Array.fromAsync(store.records(undefined, { retention: {} })))
        .map(({ seq: _, ...record }) => record);
    assertEquals(await left(redis), await left(memory));
  }
});

Deno.test("bytes are those of the line, with its checksum and newline", async () => {
  await using store = new RedisStreamsPersistence(freshUrl(servers.current));
  await store.recordMany(recordsOf("event", 10));
  const { bytes } = await store.scan();
  const fits = async (maxTotalBytes: number) =>
    (await store.listEvents({ retention: { maxTotalBytes } })).length;
  assertEquals([await fits(bytes), await fits(bytes - 1), await fits(0)], [10, 9, 0]);
  const { reclaimedBytes, beforeBytes } = await store.compact({
    retention: { maxTotalBytes: bytes - 1 },
  });
  assertEquals(beforeBytes, bytes);
  assert(reclaimedBytes > 100);
  assertEquals((await store.metrics.snapshot()).bytes_written, bytes);
});

Deno.test("reads give the newest, from whichever end, also of more than any page holds", async () => {
  await using store = new RedisStreamsPersistence(freshUrl(servers.current));
  for (let round = 0; round < 5; round++) await store.recordMany(recordsOf("event", 3000));
  assertEquals((await store.listEvents({ limit: 2 })).map(({ eventType }) => eventType), [
    "Event2999",
    "Event3000",
  ]);
  const [newest] = await store.listEvents({ limit: 1, reverse: true });
  assertEquals(newest!.eventType, "Event3000");
  const many = await store.listEvents({ limit: 12_000 });
  assertEquals([many.length, many[0]!.eventType, many.at(-1)!.eventType], [
    12_000,
    "Event1",
    "Event3000",
  ]);
});

Deno.test("compaction keeps damaged entries, and goes on around them", async () => {
  const url = freshUrl(servers.current);
  await using store = new RedisStreamsPersistence(url);
  await store.recordMany(recordsOf("event", 5));
  await feed(servers.current.processes[0]!, [["XADD", keyOf(url, "events"), "*", "data", "torn"]]);
  await store.recordMany(recordsOf("event", 5));
  const report = await store.compact({ retention: { maxRecords: 2 } });
  assertEquals([report.removedRecords, report.afterRecords, report.damagedLines], [8, 2, 1]);
  const { records, anomaliesTotal } = await store.scan();
  assertEquals([records.event, anomaliesTotal], [2, 1]);
});

Deno.test("what a consumer group has not read or not acknowledged stays, unless forced", async () => {
  const url = freshUrl(servers.current);
  const key = keyOf(url, "events");
  const [server] = servers.current.processes;
  await using store = new RedisStreamsPersistence(url);
  await store.recordMany(recordsOf("event", 10));
  const ids = (await server!.command("XRANGE", key, "-", "+") as [string][]).map(([id]) => id);
  await server!.command("XGROUP", "CREATE", key, "workers", "0");
  await server!.command("XGROUP", "CREATE", key, "idle", ids[5]!);
  await server!.command("XREADGROUP", "GROUP", "workers", "w1", "COUNT", "5", "STREAMS", key, ">");
  await server!.command("XACK", key, "workers", ids[0]!, ids[1]!);
  const retention = { maxRecords: 1 };
  const plan = await store.compact({ retention, dryRun: true });
  const report = await store.compact({ retention });
  for (const { removedRecords, heldBack } of [plan, report]) {
    assertEquals(removedRecords, 2);
    assertEquals(heldBack, [
      { key, group: "workers", consumer: "w1", oldestEntry: ids[2]!, records: 7 },
    ]);
  }
  await server!.command("XACK", key, "workers", ids[2]!, ids[3]!, ids[4]!);
  const second = await store.compact({ retention });
  assertEquals([second.removedRecords, second.heldBack![0]!.consumer], [3, null]);
  const forced = await store.compact({ retention, force: true });
  assertEquals([forced.removedRecords, forced.heldBack, forced.afterRecords], [4, [], 1]);
});

Deno.test("an approximate trim tells how many expired records it left", async () => {
  await using store = new RedisStreamsPersistence(freshUrl(servers.current));
  await store.recordMany(recordsOf("event", 250));
  const retention = { maxRecords: 30 };
  const { removedRecords, keptByTrim, afterRecords } = await store.compact({
    retention,
    trim: "approx",
  });
  const left = (await Array.fromAsync(store.events({ retention: {} }))).length;
  assertEquals([removedRecords + keptByTrim!, afterRecords], [220, left]);
  assert(keptByTrim! > 0);
  const exact = await store.compact({ retention });
  assertEquals([exact.removedRecords, exact.afterRecords, exact.keptByTrim], [keptByTrim!, 30, 0]);
});

Deno.test("ids narrow a search only when asked, and tell the time of arrival", async () => {
  await using store = new RedisStreamsPersistence(freshUrl(servers.current));
  await store.recordMany(recordsOf("event", 3));
  const now = Date.now() / 1000;
  await store.recordEvent(eventOf(4, { timestamp: now }));
  const period = { since: NOW - 2000, until: NOW };
  assertEquals((await store.listEvents(period)).length, 3);
  assertEquals((await store.listEvents({ ...period, byId: true })).length, 0);
  for (const reverse of [false, true]) {
    const found = await store.listEvents({ since: now - 60, byId: true, reverse });
    assertEquals(found.map(({ eventType }) => eventType), ["Event4"]);
  }
});

Deno.test("one maintenance run at a time, and a run that was killed is waited for", async () => {
  const url = freshUrl(servers.current);
  const [server] = servers.current.processes;
  await using store = new RedisStreamsPersistence(url);
  await store.recordMany(recordsOf("event", 3));
  await server!.command("SET", keyOf(url, "maintenance"), "another");
  const retention = { maxRecords: 1 };
  assertEquals(await codeOf(store.compact({ retention })), "BUSY");
  assertEquals(await codeOf(store.recover()), "BUSY");
  await server!.command("PEXPIRE", keyOf(url, "maintenance"), "300");
  assertEquals((await store.compact({ retention, waitMs: 5000 })).removedRecords, 2);
  assertEquals(await server!.command("EXISTS", keyOf(url, "maintenance")), 0);
});
