import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import type { ConsumedEntry } from "../../lib/model/consumer_group.ts";
import type { EventRecord, JsonObject } from "../../lib/model/record.ts";
import { eventOf, recordsOf } from "../../lib/testing/samples.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../_assert.ts";
import { openGate } from "./_gate.ts";
import { codeOf, freshUrl, keyOf } from "./_stores.ts";
import { feed, serversOfFile, standalone, untilTrue, withCluster } from "./servers.ts";

const alone = serversOfFile(standalone());
const cluster = serversOfFile(withCluster);

const WORKER = { group: "workers", consumer: "w1", blockMs: 0 };
const OTHER = { ...WORKER, consumer: "w2" };
const GROUP = { group: "workers" };

/** A store with so many events, and the key of their stream. */
async function storeWith(count: number) {
  const url = freshUrl(alone.current);
  const store = new RedisStreamsPersistence(url);
  if (count > 0) await store.recordMany(recordsOf("event", count));
  return { store, url, key: keyOf(url, "events"), server: alone.current.processes[0]! };
}

const idsOf = (entries: readonly ConsumedEntry[]) => entries.map(({ id }) => id);
const firstTypes = (count: number) =>
  Array.from({ length: count }, (_, index) => `Event${index + 1}`);
const typesOf = (entries: readonly ConsumedEntry<EventRecord>[]) =>
  entries.map(({ record }) => record?.eventType);

for (const [where, servers] of Object.entries({ alone, cluster })) {
  Deno.test(`entries are shared out, acknowledged and taken over (${where})`, async () => {
    await using store = new RedisStreamsPersistence(freshUrl(servers.current));
    await store.recordMany(recordsOf("event", 10));
    assertEquals(await store.ensureConsumerGroup("event", GROUP), true);
    assertEquals(await store.ensureConsumerGroup("event", GROUP), false);
    const first = await store.consume("event", { ...WORKER, count: 4 });
    const second = await store.consume("event", OTHER);
    assertEquals(typesOf([...first, ...second]), firstTypes(10));
    assertEquals(first.map(({ deliveries, fault }) => [deliveries, fault])[0], [1, null]);
    assertEquals(await store.ack("event", { ...GROUP, ids: idsOf(second) }), 6);
    assertEquals(await store.ack("event", { ...GROUP, ids: idsOf(second) }), 0);
    const summary = await store.pendingSummary("event", GROUP);
    assertEquals(summary, {
      pending: 4,
      firstId: first[0]!.id,
      lastId: first[3]!.id,
      consumers: [{ name: "w1", pending: 4 }],
    });
    const ids = idsOf(first).slice(0, 2);
    const claimed = await store.claim("event", { ...OTHER, minIdleMs: 0, entryIds: ids });
    assertEquals(
      claimed.entries.map(({ id, deliveries }) => [id, deliveries]),
      ids.map((id) => [id, 2]),
    );
    const fresh = await store.claim("event", { ...OTHER, minIdleMs: 60_000, entryIds: ids });
    assertEquals([fresh.entries, fresh.dangling], [[], []]);
    const page = await store.autoclaim("event", { ...OTHER, minIdleMs: 0, count: 3 });
    assertEquals(page.entries.length, 3);
    const rest = await store.autoclaim("event", {
      ...OTHER,
      minIdleMs: 0,
      count: 3,
      startId: page.next!,
    });
    assertEquals([idsOf(rest.entries), rest.next], [[first[3]!.id], null]);
    const pending = await store.pendingEntries("event", { ...GROUP, consumer: "w2", count: 2 });
    assertEquals(pending.map(({ id, deliveries }) => [id, deliveries]), ids.map((id) => [id, 3]));
    const consumers = await store.groupConsumers("event", GROUP);
    assertEquals(consumers.map(({ name, pending }) => [name, pending]), [["w1", 0], ["w2", 4]]);
    const [group] = await store.consumerGroups("event");
    assertEquals([group!.name, group!.consumers, group!.pending, group!.lag], ["workers", 2, 4, 0]);
  });
}

Deno.test("an entry that is no record is given out as such, byte for byte", async () => {
  const { store, key, server } = await storeWith(1);
  const bad = new Uint8Array([0x7b, 0xff, 0x7d]);
  await feed(server, [["XADD", key, "*", "data", bad], ["XADD", key, "*", "other", "field"]]);
  await store.recordEvent(eventOf(2));
  const entries = await store.consume("event", WORKER);
  assertEquals(entries.map(({ fault }) => fault?.code), [
    undefined,
    "INVALID_UTF8",
    "MISSING_DATA",
    undefined,
  ]);
  assertEquals(typesOf(entries), ["Event1", undefined, undefined, "Event2"]);
  assertEquals(entries[1]!.fields.map(({ name, value }) => [name, [...value]]), [["data", [
    ...bad,
  ]]]);
  assertStringIncludes(entries[2]!.fault!.reason, 'no field "data"');
  assertEquals((await store.metrics.snapshot()).read_errors, 2);
  await store.close();
});

Deno.test("what a consumer was given before it crashed comes first when it is back", async () => {
  const { store, url } = await storeWith(10);
  const crashed = await store.consume("event", { ...WORKER, count: 4 });
  await store.close();
  await using again = new RedisStreamsPersistence(url);
  const seen: ConsumedEntry<EventRecord>[] = [];
  const each = again.consumeEach("event", { ...WORKER, count: 3, endWhenIdle: true });
  for await (const entry of each) {
    seen.push(entry);
    await again.ack("event", { ...GROUP, ids: [entry.id] });
  }
  assertEquals(typesOf(seen), firstTypes(10));
  assertEquals(seen.map(({ deliveries }) => deliveries), [2, 2, 2, 2, 1, 1, 1, 1, 1, 1]);
  assertEquals(idsOf(seen).slice(0, 4), idsOf(crashed));
  assertEquals((await again.pendingSummary("event", GROUP)).pending, 0);
});

Deno.test("what a consumer never acknowledges becomes a dead letter, and is given out no more", async () => {
  const { store, key, server } = await storeWith(2);
  await feed(server, [["XADD", key, "*", "data", "torn"]]);
  const limited = { ...WORKER, deliveriesMax: 2, readId: "0" };
  await store.consume("event", WORKER);
  assertEquals((await store.consume("event", limited)).length, 3);
  const told: string[] = [];
  const page = await store.consume("event", {
    ...limited,
    onDeadLetter: ({ id }) => void told.push(id),
  });
  assertEquals([page, told.length], [[], 3]);
  assertEquals((await store.pendingSummary("event", GROUP)).pending, 0);
  const letters = await store.listDeadLetters();
  assertEquals(letters.map(({ messageType }) => messageType), Array(3).fill("UndeliveredEntry"));
  const payloads = letters.map(({ payload }) => payload as Record<string, unknown>);
  assertEquals(
    payloads.map(({ entry, deliveries }) => [entry, deliveries]),
    told.map((id) => [id, 2]),
  );
  assertEquals((payloads[0]!.record as Record<string, unknown>).event_type, "Event1");
  assertEquals(payloads[2]!.fields, [{ name: "data", base64: btoa("torn") }]);
  // By way of a claim it is the same.
  await store.recordEvent(eventOf(3));
  await store.consume("event", WORKER);
  const claim = { ...OTHER, minIdleMs: 0, deliveriesMax: 1 };
  const { entries, deadLettered } = await store.autoclaim("event", claim);
  assertEquals([entries.length, deadLettered.length], [0, 1]);
  assertEquals((await store.listDeadLetters()).length, 4);
  await store.close();
});

Deno.test("an entry that fits into no dead letter becomes one that names it", async () => {
  const { store } = await storeWith(0);
  // As deep as a payload may be: no other one has room for it.
  const nested = (levels: number): JsonObject => levels === 1 ? {} : { in: nested(levels - 1) };
  await store.recordEvent({ eventType: "Flat" });
  await store.recordEvent({ eventType: "Deep", payload: nested(1000) });
  await store.consume("event", WORKER);
  await store.consume("event", { ...WORKER, deliveriesMax: 1, readId: "0" });
  const letters = await store.listDeadLetters();
  const contents = letters.map(({ payload }) => Object.keys(payload as JsonObject).at(-1));
  assertEquals(contents, ["record", "deliveries"]);
  await store.close();
});

Deno.test("a dead letter is there before its entry is acknowledged: a crash between loses neither", async () => {
  const { store, url, server } = await storeWith(1);
  await store.consume("event", WORKER);
  // A user who may not acknowledge stands for a process that dies before it does.
  await server.command("ACL", "SETUSER", "mortal", "on", ">pass", "~*", "+@all", "-xack");
  const mortal = new RedisStreamsPersistence(url, { username: "mortal", password: "pass" });
  const limited = { ...WORKER, deliveriesMax: 1, readId: "0" };
  assertEquals(await codeOf(mortal.consume("event", limited)), "REFUSED");
  await mortal.close();
  assertEquals((await store.listDeadLetters()).length, 1);
  assertEquals((await store.pendingSummary("event", GROUP)).pending, 1);
  await store.consume("event", limited);
  const entries = (await store.listDeadLetters()).map(({ payload }) =>
    (payload as { entry: string }).entry
  );
  assertEquals([entries.length, new Set(entries).size], [2, 1]);
  await store.close();
});

Deno.test("pending entries that are gone are told by reads and claims, and dropped by none", async () => {
  const { store, key, server } = await storeWith(3);
  const [first, gone, last] = idsOf(await store.consume("event", WORKER));
  await server.command("XDEL", key, gone!);
  const claim = { ...OTHER, minIdleMs: 0 };
  const claimed = await store.claim("event", { ...claim, entryIds: [first!, gone!] });
  assertEquals([idsOf(claimed.entries), claimed.dangling.map(({ id }) => id)], [[first!], [gone!]]);
  const swept = await store.autoclaim("event", claim);
  assertEquals([idsOf(swept.entries), swept.dangling.map(({ id }) => id)], [[first!, last!], [
    gone!,
  ]]);
  assertEquals((await store.pendingSummary("event", GROUP)).pending, 3);
  const own = await store.consume("event", { ...WORKER, readId: "0" });
  assertEquals(own.map(({ id, fault }) => [id, fault?.code]), [[gone!, "DANGLING_PENDING"]]);
  assertEquals(await store.ack("event", { ...GROUP, ids: [gone!] }), 1);
  await store.close();
});

Deno.test("waiting consumers hold up no write, get what comes, and stop at once", async () => {
  const { store, server } = await storeWith(0);
  const untilWaiting = (count: number) =>
    untilTrue(async () =>
      `${await server.command("INFO", "clients")}`.includes(
        `blocked_clients:${count}`,
      )
    );
  const leaving = new AbortController();
  const waiting = { ...WORKER, blockMs: 60_000 };
  const page = store.consume("event", waiting);
  const stopped = codeOf(store.consume("event", { ...waiting, signal: leaving.signal }));
  const each = store.consumeEach("event", { ...OTHER, blockMs: 60_000 })[Symbol.asyncIterator]();
  const next = each.next();
  await untilWaiting(3);
  leaving.abort();
  assertEquals(await stopped, "ABORTED");
  await untilWaiting(2);
  await store.recordEvent(eventOf(1));
  await untilWaiting(1);
  await store.recordEvent(eventOf(2));
  const got = [...await page, (await next).value as ConsumedEntry<EventRecord>];
  assertEquals(typesOf(got).sort(), firstTypes(2));
  const left = each.next();
  await untilWaiting(1);
  await each.return!();
  assertEquals((await left).done, true);
  await untilWaiting(0);
  const closing = codeOf(store.consume("event", waiting));
  await untilWaiting(1);
  await store.close();
  assertEquals(await closing, "STORE_CLOSED");
});

Deno.test("an answer that gets lost loses no entry: the iteration goes on with what was given out", async () => {
  const gate = openGate(alone.current.processes[0]!.port);
  const url = freshUrl({ ...alone.current, url: `redis://127.0.0.1:${gate.port}/0` });
  const store = new RedisStreamsPersistence(url, { commandTimeoutMs: 2000 });
  await store.recordMany(recordsOf("event", 6));
  const seen: ConsumedEntry<EventRecord>[] = [];
  for await (const entry of store.consumeEach("event", { ...WORKER, count: 2, limit: 6 })) {
    if (seen.push(entry) === 2) gate.swallowAnswers();
    if (seen.length === 4) gate.breaks();
  }
  assertEquals(typesOf(seen), firstTypes(6));
  assertEquals(new Set(idsOf(seen)).size, 6);
  assertEquals(seen.map(({ deliveries }) => deliveries).slice(0, 4), [1, 1, 2, 2]);
  // A page is not asked for twice: who asked is told where to find what it may have been given.
  await store.recordEvent(eventOf(7));
  await store.consume("event", { ...WORKER, consumer: "warm", count: 1, blockMs: 0 });
  await store.recordEvent(eventOf(8));
  gate.swallowAnswers();
  const error = await assertRejects(() => store.consume("event", { ...OTHER, ensureGroup: false }));
  assertEquals((error as { code?: string }).code, "UNREACHABLE");
  assertStringIncludes((error as Error).message, "from id 0");
  assertEquals(typesOf(await store.consume("event", { ...OTHER, readId: "0" })), ["Event8"]);
  await store.close();
  await gate.close();
});

Deno.test("no more is given out than the limit of an iteration", async () => {
  const { store } = await storeWith(10);
  const seen = await Array.fromAsync(store.consumeEach("event", { ...WORKER, count: 4, limit: 6 }));
  assertEquals(seen.length, 6);
  assertEquals((await store.pendingSummary("event", GROUP)).pending, 6);
  let caughtUp = 0;
  const rest = store.consumeEach("event", {
    ...WORKER,
    endWhenIdle: true,
    onCaughtUp: () => void caughtUp++,
  });
  assertEquals([(await Array.fromAsync(rest)).length, caughtUp], [10, 2]);
  await store.close();
});

Deno.test("what is not there, or cannot be asked for, is told", async () => {
  const { store, server, url } = await storeWith(1);
  const asked = { ...WORKER, ensureGroup: false };
  for (
    const call of [
      () => store.consume("event", asked),
      () => store.consumeEach("event", asked)[Symbol.asyncIterator]().next(),
      () => store.pendingSummary("event", GROUP),
      () => store.groupConsumers("event", GROUP),
      () => store.claim("event", { ...WORKER, minIdleMs: 0, entryIds: ["1-0"] }),
      () => store.autoclaim("audit", { ...WORKER, minIdleMs: 0 }),
    ]
  ) assertEquals(await codeOf(call()), "NO_SUCH_GROUP");
  assertEquals(await store.consumerGroups("dead_letter"), []);
  await server.command("SET", keyOf(url, "audits"), "text");
  assertEquals(await codeOf(store.consume("audit", WORKER)), "NOT_A_STORE");
  assertEquals(await codeOf(store.consumerGroups("audit")), "NOT_A_STORE");
  for (
    const wrong of [
      { group: "" },
      { consumer: "" },
      { count: 0 },
      { blockMs: -1 },
      { startId: "first" },
      { readId: "<" },
      { deliveriesMax: 0 },
    ]
  ) assertEquals(await codeOf(store.consume("event", { ...WORKER, ...wrong })), "INVALID_ARGUMENT");
  const letters = store.consume("dead_letter", { ...WORKER, deliveriesMax: 3 });
  assertEquals(await codeOf(letters), "INVALID_ARGUMENT");
  await store.close();
});
