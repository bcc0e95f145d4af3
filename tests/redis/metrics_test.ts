import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import { eventOf } from "../../lib/testing/samples.ts";
import { assert, assertEquals, assertMatch } from "../_assert.ts";
import { openGate } from "./_gate.ts";
import { freshUrl, keyOf } from "./_stores.ts";
import { serversOfFile, standalone } from "./servers.ts";

const servers = serversOfFile(standalone());

function command(...words: string[]) {
  return servers.current.processes[0]!.command(...words);
}

async function recordIn(url: string, count: number, options = {}): Promise<void> {
  await using store = new RedisStreamsPersistence(url, options);
  for (let index = 0; index < count; index++) await store.recordEvent(eventOf(index));
}

async function totalsIn(url: string) {
  await using store = new RedisStreamsPersistence(url);
  return await store.metrics.snapshot();
}

Deno.test("many that add at once add up to what they wrote, and leave no signature", async () => {
  const url = freshUrl(servers.current);
  await Promise.all(Array.from({ length: 8 }, () => recordIn(url, 25)));
  const { records_written, gauges, histograms, totals } = await totalsIn(url);
  assertEquals([records_written, gauges!.records.event, totals.state], [200, 200, "kept"]);
  assert(gauges!.newest_at.event! >= gauges!.oldest_at.event!);
  assertEquals(histograms.batch_records.sum, 200);
  const names = String(await command("HKEYS", keyOf(url, "metrics")));
  assert(!names.includes("share:"), names);
});

Deno.test("a share whose answer got lost is sent again, and counts once", async () => {
  const url = freshUrl(servers.current);
  const gate = openGate(servers.current.processes[0]!.port);
  try {
    const through = new URL(url);
    through.port = `${gate.port}`;
    await using store = new RedisStreamsPersistence(through.href, { commandTimeoutMs: 1000 });
    await store.recordEvent(eventOf(1));
    assertEquals((await store.metrics.snapshot()).records_written, 1);
    await store.recordEvent(eventOf(2));
    gate.swallowAnswers();
    assertEquals((await store.metrics.snapshot()).records_written, 2);
  } finally {
    await gate.close();
  }
  assertEquals((await totalsIn(url)).records_written, 2);
});

Deno.test("where the user may run no scripts, shares are added all the same", async () => {
  const url = freshUrl(servers.current);
  await command("ACL", "SETUSER", "plain", "on", ">pass", "~*", "+@all", "-eval");
  await recordIn(url, 3, { username: "plain", password: "pass" });
  await recordIn(url, 4, { username: "plain", password: "pass" });
  assertEquals((await totalsIn(url)).records_written, 7);
});

Deno.test("a count that is none begins anew, is told, and takes no other one with it", async () => {
  const url = freshUrl(servers.current);
  await recordIn(url, 2);
  await command("HSET", keyOf(url, "metrics"), "records_written.event", "many", "scans", "-3");
  await recordIn(url, 5);
  const { records_written, scans, totals } = await totalsIn(url);
  assertEquals([records_written, scans, totals.restarts], [5, 0, 1]);
});

Deno.test("a key that is no hash fails no write, and is told", async () => {
  const url = freshUrl(servers.current);
  await command("SET", keyOf(url, "metrics"), "mine");
  await using store = new RedisStreamsPersistence(url);
  await store.recordEvent(eventOf(1));
  const error = await store.metrics.snapshot().catch((thrown) => thrown);
  assertMatch(String(error), /metrics|counters|count in/);
  assertEquals((await store.listEvents()).length, 1);
});
