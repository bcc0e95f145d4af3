import { join } from "node:path";
import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import { assertEquals } from "../_assert.ts";
import { asOriginal, expectedOf, FIXTURES } from "../backends/file/originals.ts";
import { feed, serversOfFile, standalone } from "./servers.ts";

type Streams = { readonly [key: string]: readonly (readonly [string, Record<string, string>])[] };

const servers = serversOfFile(standalone());

async function loadOriginal(): Promise<string> {
  const { processes: [server], url } = servers.current;
  const text = await Deno.readTextFile(join(FIXTURES, "redis-streams.json"));
  await server!.command("FLUSHALL");
  await feed(
    server!,
    Object.entries(JSON.parse(text) as Streams).flatMap(([key, entries]) =>
      entries.map(([id, fields]) => ["XADD", key, id, ...Object.entries(fields).flat()])
    ),
  );
  return `${url}?system_id=orders`;
}

Deno.test("what the original wrote reads as the original reads it", async () => {
  await using store = new RedisStreamsPersistence(await loadOriginal());
  const { events, audits, dead_letters } = await expectedOf("json");
  assertEquals(asOriginal(await store.listEvents()), events);
  assertEquals(asOriginal(await store.listAudits()), audits);
  assertEquals(asOriginal(await store.listDeadLetters()), dead_letters);
  const { healthy, foreignLines, anomaliesTotal } = await store.scan();
  assertEquals([healthy, foreignLines, anomaliesTotal], [true, 150, 0]);
});

Deno.test("records go on behind the original's, in the streams and the form that it reads", async () => {
  await using store = new RedisStreamsPersistence(await loadOriginal());
  await store.recordEvent({ eventType: "New", timestamp: 1_700_001_000.5, systemId: "orders" });
  assertEquals((await store.listEvents({ limit: 1 }))[0]!.eventType, "New");
  const { processes: [server] } = servers.current;
  const newest = await server!.command("XREVRANGE", "papyra:orders:events", "+", "-", "COUNT", "1");
  const [[, [name, data]]] = newest as [[string, string[]]];
  assertEquals(name, "data");
  const { kind, event_type, timestamp, seq } = JSON.parse(data!);
  assertEquals([kind, event_type, timestamp, seq], ["event", "New", 1_700_001_000.5, undefined]);
});

Deno.test("an original store compacts to exactly what was asked for", async () => {
  await using store = new RedisStreamsPersistence(await loadOriginal());
  const kept = (await store.listEvents()).slice(-50);
  const { afterRecords } = await store.compact({
    retention: { byKind: { event: { maxRecords: 50 } } },
  });
  assertEquals(await store.listEvents(), kept);
  assertEquals(afterRecords, 50 + 22 + 21);
});

Deno.test("a consumer group is given what the original wrote, entry by entry", async () => {
  await using store = new RedisStreamsPersistence(await loadOriginal());
  const whom = { group: "g1", consumer: "c1", blockMs: 0 };
  const given = await Array.fromAsync(store.consumeEach("event", { ...whom, endWhenIdle: true }));
  assertEquals(given.map(({ record }) => record), await store.listEvents());
  const ids = given.map(({ id }) => id);
  assertEquals(await store.ack("event", { group: "g1", ids }), 107);
  assertEquals((await store.pendingSummary("event", { group: "g1" })).pending, 0);
});
