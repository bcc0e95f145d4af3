import type { CheckServerOptions } from "../../lib/backend/server_backend.ts";
import type { RedisStreamsOptions } from "../../lib/backends/redis/config/redis_config.ts";
import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import { eventOf, recordsOf } from "../../lib/testing/samples.ts";
import { assertEquals, assertStringIncludes } from "../_assert.ts";
import { freshUrl, keyOf } from "./_stores.ts";
import { serversOfFile, standalone } from "./servers.ts";

const SOUND = { "appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction" };

const servers = serversOfFile(standalone(SOUND));

/** What a look at the server finds, with the results by the names of checks. */
async function look(
  options: RedisStreamsOptions = {},
  asked: CheckServerOptions = {},
  url = freshUrl(servers.current),
) {
  await using store = new RedisStreamsPersistence(url, options);
  const report = await store.checkServer(asked);
  const results = Object.fromEntries(report.checks.map(({ check, result }) => [check, result]));
  const reasons = report.checks.map(({ reason }) => reason).join("\n");
  return { ...report, results, reasons };
}

/** Runs `body` while the server is configured so. */
async function configured(
  settings: { readonly [name: string]: string },
  body: () => Promise<void>,
) {
  const [server] = servers.current.processes;
  const set = async (all: { readonly [name: string]: string }) => {
    for (const [name, value] of Object.entries(all)) {
      await server!.command("CONFIG", "SET", name, value);
    }
  };
  await set(settings);
  try {
    await body();
  } finally {
    await set(SOUND);
  }
}

Deno.test("a server that syncs each write and evicts nothing supports durability always", async () => {
  const url = freshUrl(servers.current);
  const [server] = servers.current.processes;
  {
    await using store = new RedisStreamsPersistence(url);
    await store.recordMany(recordsOf("event", 5));
    const whom = { group: "workers", consumer: "w1", blockMs: 0 };
    const [first] = await store.consume("event", { ...whom, count: 3 });
    const key = keyOf(url, "events");
    const [[unread]] = await server!.command("XREVRANGE", key, "+", "-", "COUNT", "2") as [
      [string],
    ];
    await server!.command("XDEL", key, first!.id, unread);
  }
  const before = await server!.command("KEYS", "*") as string[];
  const { durability, isFit, results, servers: facts, streams, checks } = await look(
    {},
    { asked: "always" },
    url,
  );
  assertEquals([durability, isFit], ["always", true]);
  assertEquals(results, {
    version: "ok",
    eviction: "ok",
    persistence: "ok",
    saving: "ok",
    replication: "warning",
    rights: "ok",
    stream: "ok",
  });
  const [{ version, role, user, evictionPolicy, appendOnly, fsync }] = facts as [typeof facts[0]];
  assertEquals([version.split(".").length, role, user], [3, "master", "default"]);
  assertEquals([evictionPolicy, appendOnly, fsync], ["noeviction", true, "always"]);
  const [events, audits] = streams;
  const [group] = events!.groups;
  assertEquals([events!.entries, audits!.entries, group!.name], [3, 0, "workers"]);
  // Behind a deleted entry that a group has not read, Redis 7.0 cannot tell its lag.
  assertEquals([group!.pending, group!.dangling, group!.looked, group!.lag], [3, 1, 3, null]);
  const stream = checks.find(({ check, result }) => check === "stream" && result === "warning");
  assertEquals(stream!.next, "papyra persistence recover --ack-dangling");
  assertEquals((await server!.command("KEYS", "*") as string[]).sort(), before.sort());
});

Deno.test("a policy that evicts is a finding, whatever else is right", async () => {
  await configured({ "maxmemory-policy": "volatile-lru" }, async () => {
    const { durability, isFit, results, reasons } = await look({}, { asked: "none" });
    assertEquals([durability, isFit, results.eviction], ["none", false, "failed"]);
    assertStringIncludes(reasons, "maxmemory-policy is volatile-lru");
  });
});

const FILES = [
  [{ appendonly: "no" }, "none"],
  [{ appendfsync: "no" }, "os"],
  [{ appendfsync: "everysec" }, "interval"],
] as const;

for (const [settings, supported] of FILES) {
  Deno.test(`with ${JSON.stringify(settings)} a server supports durability ${supported}, and no more`, async () => {
    await configured(settings, async () => {
      for (const asked of ["always", "interval", "os", "none"] as const) {
        const { durability, isFit } = await look({}, { asked });
        const strength = ["none", "os", "interval", "always"];
        const isEnough = strength.indexOf(asked) <= strength.indexOf(supported);
        assertEquals([durability, isFit], [supported, isEnough]);
      }
    });
  });
}

Deno.test("rights that a user lacks are named, and what it may not ask is unknown", async () => {
  const [server] = servers.current.processes;
  const url = freshUrl(servers.current);
  await using store = new RedisStreamsPersistence(url);
  await store.recordEvent(eventOf(1));
  const rights = ["on", ">s3cret", "~papyra:*", "+@all", "-xtrim", "-client|kill", "-acl"];
  await server!.command("ACL", "SETUSER", "operator", ...rights);
  const as = (username: string) => look({ username, password: "s3cret" }, {}, url);
  const operator = await as("operator");
  assertEquals([operator.results.rights, operator.isFit], ["warning", true]);
  assertStringIncludes(operator.reasons, "CLIENT KILL for settling");
  assertStringIncludes(operator.reasons, "XTRIM for maintenance");
  const few = ["on", ">s3cret", "~other:*", "+@stream", "+multi", "+hello", "+memory"];
  await server!.command("ACL", "SETUSER", "stranger", ...few);
  const stranger = await as("stranger");
  assertEquals([stranger.durability, stranger.isFit], ["unknown", false]);
  const { eviction, persistence, rights: own, stream } = stranger.results;
  assertEquals([eviction, persistence, own, stream], ["unknown", "unknown", "failed", "unknown"]);
  assertStringIncludes(stranger.reasons, "XADD, XINFO STREAM for recording");
  await server!.command("ACL", "SETUSER", "stranger", "-multi");
  assertStringIncludes((await as("stranger")).reasons, "may not run MULTI");
  assertEquals((await store.listEvents()).length, 1);
});

Deno.test("a user with the rights that docs/redis.md names can do everything", async () => {
  const [server] = servers.current.processes;
  const page = await Deno.readTextFile(new URL("../../docs/redis.md", import.meta.url));
  const [names] = /The user needs[^]*?`EVAL`/.exec(page)!;
  const rights = [...names.matchAll(/`([@A-Z]+)(?: ([A-Z]+))?`|`@(\w+)`/g)]
    .map(([, name, part, group]) =>
      `+${group ? `@${group}` : [name, part].filter(Boolean).join("|")}`
    );
  assertEquals(rights.length, 20);
  await server!.command("ACL", "SETUSER", "named", "on", ">s3cret", "~papyra:*", ...rights);
  const url = freshUrl(servers.current);
  const user = { username: "named", password: "s3cret" };
  {
    await using store = new RedisStreamsPersistence(url, user);
    await store.recordMany([...recordsOf("event", 5), ...recordsOf("audit", 5)]);
    await server!.command("XADD", keyOf(url, "events"), "*", "data", "torn");
    const whom = { group: "workers", consumer: "w1", blockMs: 0 };
    const [first] = await store.consume("event", whom);
    await store.claim("event", { ...whom, minIdleMs: 0, entryIds: [first!.id] });
    await store.ack("event", { group: "workers", ids: [first!.id] });
    assertEquals((await store.recover()).after.healthy, true);
    assertEquals((await store.compact({ retention: { maxRecords: 3 } })).removedRecords, 3);
    await store.metrics.reset();
    await store.listAudits();
  }
  const { results } = await look(user, {}, url);
  assertEquals(results.rights, "ok");
});

Deno.test("replicas that are missing, a replica in place of its master, and a wrong key are findings", async () => {
  const [server] = servers.current.processes;
  const few = await look({ minReplicas: 1 });
  assertEquals([few.results.replication, few.isFit, few.durability], ["failed", false, "always"]);
  assertStringIncludes(few.verdict, "something is wrong");
  const url = freshUrl(servers.current);
  await server!.command("SET", keyOf(url, "dead_letters"), "text");
  const wrong = await look({}, {}, url);
  assertEquals([wrong.results.stream, wrong.isFit], ["failed", false]);
  await server!.command("REPLICAOF", "127.0.0.1", "1");
  const replica = await look();
  await server!.command("REPLICAOF", "NO", "ONE");
  assertEquals([replica.results.replication, replica.isFit], ["failed", false]);
});
