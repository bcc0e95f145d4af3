import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import { eventOf, mixedRecords, recordsOf } from "../../lib/testing/samples.ts";
import { assert, assertEquals, assertStringIncludes } from "../_assert.ts";
import { openGate } from "./_gate.ts";
import { codeOf, freshUrl, keyOf } from "./_stores.ts";
import { feed, serversOfFile, standalone } from "./servers.ts";

const servers = serversOfFile(standalone());

/** Runs `body` on the store at `url`, while one in so many answers of the server gets lost. */
async function losingAnswers(
  url: string,
  everyAnswers: number,
  body: (store: RedisStreamsPersistence) => Promise<void>,
): Promise<void> {
  const { port } = servers.current.processes[0]!;
  let answers = 0;
  const gate = openGate(
    port,
    (answer) => ++answers % everyAnswers === 0 ? new Uint8Array(0) : answer,
  );
  const store = new RedisStreamsPersistence(url.replace(`:${port}/`, `:${gate.port}/`), {
    commandTimeoutMs: 500,
  });
  try {
    await body(store);
  } finally {
    await store.close();
    await gate.close();
  }
}

Deno.test("a compaction that loses answers removes what it says, and nothing else", async () => {
  const retention = { byKind: { event: { maxRecords: 500 }, audit: { maxRecords: 7 } } };
  const url = freshUrl(servers.current);
  await using plain = new RedisStreamsPersistence(url);
  for (let round = 0; round < 3; round++) await plain.recordMany(mixedRecords(1000));
  const kept = await Array.fromAsync(plain.records(undefined, { retention }));
  await losingAnswers(url, 20, async (store) => {
    const report = await store.compact({ retention });
    assertEquals([report.changed, report.afterRecords], [true, kept.length]);
    assertEquals(await Array.fromAsync(plain.records()), kept);
    const receipts = await Array.fromAsync(plain.history());
    assertEquals(receipts.map(({ id, outcome }) => [id, outcome]), [[report.receipt!, "done"]]);
  });
});

Deno.test("a recovery that loses answers moves each damaged entry once", async () => {
  const [server] = servers.current.processes;
  const damaged = Array.from({ length: 100 }, (_, index) => `torn ${index}`);
  const url = freshUrl(servers.current);
  await using plain = new RedisStreamsPersistence(url);
  await plain.recordMany(recordsOf("event", 100));
  await feed(server!, damaged.map((data) => ["XADD", keyOf(url, "events"), "*", "data", data]));
  await losingAnswers(url, 30, async (store) => {
    const report = await store.recover();
    assertEquals([report.after.healthy, report.removedRanges], [true, 100]);
    assertEquals((await plain.listEvents()).length, 100);
    const moved = await server!.command("XRANGE", report.kept[0]!, "-", "+") as [
      string,
      string[],
    ][];
    assertEquals(moved.map(([, fields]) => fields.at(-1)), damaged);
  });
});

Deno.test("a server without an append-only file that is killed comes back without what it acknowledged", async () => {
  const [server] = servers.current.processes;
  await using store = new RedisStreamsPersistence(freshUrl(servers.current));
  await store.recordMany(recordsOf("event", 10));
  await server!.restart();
  // As docs/redis.md says of this configuration: nothing of it is hidden, and nothing is made up.
  assertEquals([(await store.describe()).exists, await store.listEvents()], [false, []]);
  await store.recordEvent(eventOf(11));
  assertEquals((await store.listEvents()).map(({ eventType }) => eventType), ["Event11"]);
});

Deno.test("TLS asked of a server that speaks none is UNREACHABLE in time", async () => {
  const [server] = servers.current.processes;
  const start = performance.now();
  const limits = { connectTimeoutMs: 200, reconnectTimeoutMs: 100 };
  await using store = new RedisStreamsPersistence(`rediss://127.0.0.1:${server!.port}/0`, limits);
  const error = await store.describe().catch((thrown) => thrown);
  assertEquals(error.code, "UNREACHABLE");
  assertStringIncludes(error.message, `127.0.0.1:${server!.port}`);
  assertEquals(await codeOf(store.recordEvent(eventOf(1))), "NOT_WRITTEN");
  assert(performance.now() - start < 4000);
});
