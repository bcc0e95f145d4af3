import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import { eventOf, mixedRecords, recordsOf } from "../../lib/testing/samples.ts";
import { assert, assertEquals, assertStringIncludes } from "../_assert.ts";
import { codeOf, freshUrl, keyOf } from "./_stores.ts";
import { serversOfFile, untilTrue, withCluster, withSentinel } from "./servers.ts";

const sentinel = serversOfFile(withSentinel);
const cluster = serversOfFile(withCluster);

/** Consumes events meanwhile: waits until certain ones came; and stops. */
function consumed(store: RedisStreamsPersistence) {
  const seen = new Set<number>();
  const leaving = new AbortController();
  const whom = { group: "workers", consumer: "w1", blockMs: 200, signal: leaving.signal };
  const running = (async () => {
    for await (const { id, record } of store.consumeEach("event", whom)) {
      seen.add(Number(record!.payload.index));
      await store.ack("event", { group: "workers", ids: [id] });
    }
  })();
  const until = async (numbers: readonly unknown[]) => {
    const haveCome = () => numbers.every((number) => seen.has(Number(number)));
    await Promise.race([running, untilTrue(() => Promise.resolve(haveCome()))]);
  };
  const stop = async () => {
    leaving.abort();
    assertEquals(await codeOf(running), "ABORTED");
  };
  return [until, stop] as const;
}

Deno.test("a failover under Sentinel loses no record that a replica had, and doubles none", async () => {
  const [master] = sentinel.current.processes;
  const url = freshUrl(sentinel.current);
  await using store = new RedisStreamsPersistence(url, { minReplicas: 1 });
  await store.recordMany(recordsOf("event", 10));
  const outcomes = new Map<number, string>();
  const [consuming, stop] = consumed(store);
  const write = async (number: number) => {
    const outcome = await store.recordEvent(eventOf(number))
      .then(() => "written", (error: { code: string }) => error.code);
    outcomes.set(number, outcome);
  };
  const writing = Array.from({ length: 200 }, (_, index) => write(11 + index));
  await Promise.all([...writing, master!.kill()]);
  for (let number = 211; number < 216; number++) await write(number);
  const stored = (await store.listEvents()).map(({ payload }) => Number(payload.index));
  assertEquals(stored, [...new Set(stored)].sort((one, other) => one - other));
  for (const [number, outcome] of outcomes) {
    if (outcome === "written") assert(stored.includes(number), `${number} was lost`);
    if (outcome === "NOT_WRITTEN") assert(!stored.includes(number), `${number} was written`);
  }
  // The new master has no replica yet, and says so.
  assertEquals(outcomes.get(215), "UNDER_REPLICATED");
  // A master that fails may have given out what no replica has.
  await consuming(stored);
  await stop();
});

Deno.test("a slot that moves in a Cluster loses, doubles and reorders nothing", async () => {
  const { processes } = cluster.current;
  const url = freshUrl(cluster.current);
  const key = keyOf(url, "events");
  await using store = new RedisStreamsPersistence(url);
  await store.recordMany(recordsOf("event", 5));
  const slot = `${await processes[0]!.command("CLUSTER", "KEYSLOT", key)}`;
  const names = new Map(
    await Promise.all(
      processes.map(async (node) => [node, `${await node.command("CLUSTER", "MYID")}`] as const),
    ),
  );
  const sizes = await Promise.all(
    processes.map(async (node) => Number(await node.command("CLUSTER", "COUNTKEYSINSLOT", slot))),
  );
  const source = processes[sizes.findIndex((size) => size > 0)]!;
  const target = processes.find((node) => node !== source)!;
  await target.command("CLUSTER", "SETSLOT", slot, "IMPORTING", names.get(source)!);
  await source.command("CLUSTER", "SETSLOT", slot, "MIGRATING", names.get(target)!);
  const [consuming, stop] = consumed(store);
  const writing = Array.from({ length: 300 }, (_, index) => store.recordEvent(eventOf(6 + index)));
  const keys = await source.command("CLUSTER", "GETKEYSINSLOT", slot, "10") as string[];
  const [host, port] = ["127.0.0.1", `${target.port}`];
  await source.command("MIGRATE", host, port, "", "0", "5000", "KEYS", ...keys);
  const late = Array.from({ length: 100 }, (_, index) => store.recordEvent(eventOf(306 + index)));
  for (const node of [target, source]) {
    await node.command("CLUSTER", "SETSLOT", slot, "NODE", names.get(target)!);
  }
  await Promise.all([...writing, ...late]);
  const stored = (await store.listEvents()).map(({ payload }) => payload.index);
  assertEquals(stored, Array.from({ length: 405 }, (_, index) => index + 1));
  await consuming(stored);
  await stop();
});

Deno.test("without a hash tag streams may be on several nodes, and all of them are served", async () => {
  const { url } = cluster.current;
  const at = `${url}?system_id=untagged`;
  await using store = new RedisStreamsPersistence(at);
  const followed = store.follow(undefined, { limit: Infinity })[Symbol.asyncIterator]();
  await store.recordMany(mixedRecords(40));
  const { records, healthy } = await store.scan();
  assertEquals([records, healthy], [{ event: 20, audit: 10, dead_letter: 10 }, true]);
  for (let count = 0; count < 40; count++) assert(!(await followed.next()).done);
  await followed.return!();
  const { afterRecords } = await store.compact({ retention: { maxRecords: 3 } });
  assertEquals(afterRecords, 9);
  assertStringIncludes(store.location, "redis+cluster://");
});

Deno.test("a master that the Sentinels do not know is told", async () => {
  const url = sentinel.current.url.replace("/papyra/", "/nobody/");
  await using store = new RedisStreamsPersistence(url);
  const error = await store.describe().catch((thrown) => thrown);
  assertEquals(error.code, "UNREACHABLE");
  assertStringIncludes(error.message, 'no master "nobody"');
});

Deno.test("a Cluster is found by any node that answers", async () => {
  const { url } = cluster.current;
  const hosts = url.replace("redis+cluster://", "redis+cluster://127.0.0.1:1,");
  await using store = new RedisStreamsPersistence(`${hosts}?hash_tag=true&system_id=found`);
  await store.recordEvent(eventOf(1));
  assertEquals((await store.listEvents()).length, 1);
});

Deno.test("a look at a Cluster asks each node that has a stream of the store", async () => {
  await using store = new RedisStreamsPersistence(`${cluster.current.url}?system_id=looked`);
  const { servers, checks } = await store.checkServer();
  const streams = checks.filter(({ check }) => check === "stream").map(({ server }) => server);
  assertEquals(servers.map(({ server }) => server).sort(), [...new Set(streams)].sort());
  assert(servers.length > 1);
  assertEquals(checks.filter(({ check }) => check === "rights").length, servers.length);
});
