import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import {
  redisConfig,
  type RedisStreamsOptions,
} from "../../lib/backends/redis/config/redis_config.ts";
import { RedisServers } from "../../lib/backends/redis/servers/redis_servers.ts";
import { eventOf, recordsOf } from "../../lib/testing/samples.ts";
import { assert, assertEquals, assertStringIncludes } from "../_assert.ts";
import { openGate } from "./_gate.ts";
import { codeOf, freshUrl, keyOf } from "./_stores.ts";
import { serversOfFile, standalone, untilTrue } from "./servers.ts";

const PASSWORD = "s3cret%word";

const servers = serversOfFile(standalone({ appendonly: "yes", appendfsync: "always" }));

/** Writes single events without waiting for each, and notes what became of each. */
async function writeMany(store: RedisStreamsPersistence, from: number, count: number) {
  const outcomes = new Map<number, string>();
  await Promise.all(Array.from({ length: count }, async (_, index) => {
    const number = from + index;
    outcomes.set(
      number,
      await store.recordEvent(eventOf(number))
        .then(() => "written", (error: { code: string }) => error.code),
    );
  }));
  return outcomes;
}

/** Expects what was acknowledged to be there, once, in order; and nothing that surely is not. */
async function assertTold(
  store: RedisStreamsPersistence,
  outcomes: ReadonlyMap<number, string>,
): Promise<void> {
  const stored = (await store.listEvents()).map(({ payload }) => Number(payload.index));
  assertEquals(stored, [...new Set(stored)].sort((one, other) => one - other));
  for (const [number, outcome] of outcomes) {
    if (outcome === "written") assert(stored.includes(number), `${number} was lost`);
    if (outcome === "NOT_WRITTEN") assert(!stored.includes(number), `${number} was written`);
  }
}

async function killWriters(): Promise<void> {
  const [server] = servers.current.processes;
  await server!.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
}

Deno.test("connections that are killed in the middle of batches lose, double and reorder nothing", async () => {
  await using store = new RedisStreamsPersistence(freshUrl(servers.current));
  await store.recordEvent(eventOf(0));
  const killing = (async () => {
    for (let round = 0; round < 8; round++) await killWriters();
  })();
  const outcomes = await writeMany(store, 1, 4000);
  await killing;
  const more = await writeMany(store, 4001, 100);
  await assertTold(store, new Map([...outcomes, ...more]));
  assertEquals(new Set([...outcomes.values(), ...more.values()]), new Set(["written"]));
});

Deno.test("what was sent before a break and not answered is settled, and written once", async () => {
  const [server] = servers.current.processes;
  const url = freshUrl(servers.current);
  await using store = new RedisStreamsPersistence(url, { commandTimeoutMs: 300 });
  await store.recordEvent(eventOf(0));
  server!.freeze();
  const writing = writeMany(store, 1, 500);
  // The commands lie in the server's buffers when the store gives their connection up.
  await new Promise((resolve) => setTimeout(resolve, 600));
  server!.thaw();
  const outcomes = await writing;
  assertEquals(new Set(outcomes.values()), new Set(["written"]));
  await assertTold(store, outcomes);
  assertEquals((await store.listEvents()).length, 501);
});

Deno.test("what a break left and a user without the right to end connections cannot settle is UNKNOWN", async () => {
  const [server] = servers.current.processes;
  const rights = ["on", ">pass", "~*", "+@all", "-client|kill"];
  await server!.command("ACL", "SETUSER", "weak", ...rights);
  const options = { username: "weak", password: "pass", commandTimeoutMs: 300 };
  await using store = new RedisStreamsPersistence(freshUrl(servers.current), options);
  await store.recordEvent(eventOf(0));
  server!.freeze();
  const writing = store.recordEvent(eventOf(1)).then(() => "written", ({ code }) => code);
  await new Promise((resolve) => setTimeout(resolve, 500));
  server!.thaw();
  const outcome = await writing;
  const stored = (await store.listEvents()).length;
  assert(outcome === "UNKNOWN" || (outcome === "written" && stored === 2), outcome);
});

Deno.test("a server that is killed and comes back has every acknowledged record, with AOF always", async () => {
  const [server] = servers.current.processes;
  await using store = new RedisStreamsPersistence(freshUrl(servers.current));
  await store.recordEvent(eventOf(0));
  const writing = writeMany(store, 1, 3000);
  const restarting = server!.restart();
  const outcomes = await writing;
  await restarting;
  const more = await writeMany(store, 3001, 50);
  assertEquals(new Set(more.values()), new Set(["written"]));
  await assertTold(store, new Map([...outcomes, ...more]));
  const told = new Set(outcomes.values());
  assert([...told].every((code) => ["written", "UNKNOWN"].includes(code)), [...told].join());
});

Deno.test("reads and follows go on over a break", async () => {
  await using store = new RedisStreamsPersistence(freshUrl(servers.current));
  await store.recordMany(recordsOf("event", 3000));
  const seen: string[] = [];
  for await (const { eventType } of store.events()) {
    if (seen.push(eventType) % 1000 === 1) await killWriters();
  }
  assertEquals(seen, Array.from({ length: 3000 }, (_, index) => `Event${index + 1}`));
  const followed = store.follow(["event"], { limit: 1 })[Symbol.asyncIterator]();
  await followed.next();
  const next = followed.next();
  await killWriters();
  await store.recordEvent(eventOf(1));
  assertEquals((await next).value!.eventType, "Event1");
  await followed.return!();
});

/** Expects that nobody is connected but who asks. */
async function assertNobodyConnected(): Promise<void> {
  const [server] = servers.current.processes;
  await untilTrue(async () =>
    /^connected_clients:1\r?$/m.test(`${await server!.command("INFO", "clients")}`)
  );
}

Deno.test("calls that meet a break at once open one connection, and closing lets go of it", async () => {
  {
    await using store = new RedisStreamsPersistence(freshUrl(servers.current));
    await store.recordEvent(eventOf(0));
    await store.describe();
    await killWriters();
    // Asks for each stream at once.
    await Promise.all([store.describe(), store.scan(), store.listEvents()]);
  }
  await assertNobodyConnected();
});

Deno.test("who waits for a connection while a store is closed is left with none", async () => {
  const closing = new RedisServers(redisConfig(freshUrl(servers.current)));
  const opening = closing.persistently(() => closing.shared("any"));
  closing.close();
  assertEquals(await opening.then(() => "open", ({ message }) => message), "the store was closed");
  await assertNobodyConnected();
});

Deno.test("while the server is away the queue is bounded, and writes end as NOT_WRITTEN in time", async () => {
  const [server] = servers.current.processes;
  const limits = { reconnectTimeoutMs: 300, queueBytesMax: 10_000 };
  await using store = new RedisStreamsPersistence(freshUrl(servers.current), limits);
  await store.recordEvent(eventOf(0));
  await server!.kill();
  // The first one may go into a connection that is not known to be dead yet.
  const [first] = (await writeMany(store, 1, 1)).values();
  assert(["NOT_WRITTEN", "UNKNOWN"].includes(first!), first);
  const outcomes = await writeMany(store, 2, 200);
  await server!.restart();
  assertEquals(new Set(outcomes.values()), new Set(["NOT_WRITTEN"]));
  await store.recordEvent(eventOf(500));
  await assertTold(store, outcomes);
});

const UNREACHABLE: {
  readonly [what: string]: () => { url: string; options?: RedisStreamsOptions; says: string };
} = {
  "a port that nothing listens on": () => ({
    url: "redis://127.0.0.1:1/0",
    says: "nothing listens",
  }),
  "an unknown host": () => ({
    url: "redis://no-such-host.invalid/0",
    says: "no-such-host.invalid",
  }),
  "a wrong password": () => ({
    url: servers.current.url.replace("//", `//weak:${encodeURIComponent(PASSWORD)}@`),
    says: "password is wrong",
  }),
  "an unknown user": () => ({
    url: servers.current.url,
    options: { username: "nobody", password: PASSWORD },
    says: "password is wrong",
  }),
};

for (const [what, given] of Object.entries(UNREACHABLE)) {
  Deno.test(`${what} is UNREACHABLE at once, and told without a password`, async () => {
    const { url, options = {}, says } = given();
    await using store = new RedisStreamsPersistence(url, options);
    const error = await store.describe().then(() => null, (thrown: Error) => thrown);
    assertEquals((error as { code?: string } | null)?.code, "UNREACHABLE");
    assertStringIncludes(error!.message, says);
    const told = `${error!.message} ${error!.stack} ${store.location}`;
    assert(!told.includes(PASSWORD) && !told.includes(encodeURIComponent(PASSWORD)), told);
    assertEquals(await codeOf(store.recordEvent(eventOf(1))), "NOT_WRITTEN");
  });
}

for (
  const [what, answer] of [["never answers", null], ["is no Redis", "HTTP/1.1 400 No\r\n\r\n"]]
) {
  Deno.test(`a server that ${what} is UNREACHABLE within the time to connect`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepted: Deno.Conn[] = [];
    const accepting = (async () => {
      for await (const connection of listener) {
        accepted.push(connection);
        if (answer !== null) await connection.write(new TextEncoder().encode(answer));
      }
    })();
    const { port } = listener.addr as Deno.NetAddr;
    const start = performance.now();
    {
      const limits = { connectTimeoutMs: 200, commandTimeoutMs: 200, reconnectTimeoutMs: 200 };
      await using store = new RedisStreamsPersistence(`redis://127.0.0.1:${port}`, limits);
      assertEquals(await codeOf(store.listEvents()), "UNREACHABLE");
    }
    assert(performance.now() - start < 3000);
    listener.close();
    await accepting;
    for (const connection of accepted) connection.close();
  });
}

Deno.test("a user without the rights is refused by what it may not do, and told which", async () => {
  const [server] = servers.current.processes;
  const url = freshUrl(servers.current);
  await server!.command("ACL", "SETUSER", "reader", "on", ">pass", "~*", "+@all", "-xadd");
  await server!.command(
    "ACL",
    "SETUSER",
    "writer",
    "on",
    ">pass",
    "~*",
    "+@all",
    "-xrange",
    "-xrevrange",
  );
  const as = (username: string) => new RedisStreamsPersistence(url, { username, password: "pass" });
  await using writer = as("writer");
  await writer.recordEvent(eventOf(1));
  assertEquals(await codeOf(writer.listEvents()), "REFUSED");
  await using reader = as("reader");
  assertEquals((await reader.listEvents()).length, 1);
  const error = await reader.recordEvent(eventOf(2)).catch((thrown) => thrown);
  assertEquals(error.code, "NOT_WRITTEN");
  assertStringIncludes(error.message, "ACL SETUSER");
});

Deno.test("a server whose memory is used up refuses, writes nothing, and takes records again later", async () => {
  const [server] = servers.current.processes;
  await using store = new RedisStreamsPersistence(freshUrl(servers.current));
  await store.recordEvent(eventOf(1));
  await server!.command("CONFIG", "SET", "maxmemory", "1");
  const single = await store.recordEvent(eventOf(2)).catch((thrown) => thrown);
  const several = await codeOf(store.recordMany(recordsOf("event", 3)));
  await server!.command("CONFIG", "SET", "maxmemory", "0");
  assertEquals([single.code, several], ["NOT_WRITTEN", "NOT_WRITTEN"]);
  assertStringIncludes(single.message, "maxmemory");
  await store.recordEvent(eventOf(3));
  assertEquals((await store.listEvents()).map(({ eventType }) => eventType), ["Event1", "Event3"]);
});

Deno.test("a read-only replica is read, and refuses records", async () => {
  const [server] = servers.current.processes;
  await using store = new RedisStreamsPersistence(freshUrl(servers.current));
  await store.recordEvent(eventOf(1));
  // A master that is away leaves the replica with what it has.
  await server!.command("REPLICAOF", "127.0.0.1", "1");
  const { code, message } = await store.recordEvent(eventOf(2)).catch((thrown) => thrown);
  const { length } = await store.listEvents();
  await server!.command("REPLICAOF", "NO", "ONE");
  assertEquals([code, length], ["NOT_WRITTEN", 1]);
  assertStringIncludes(message, "replica");
});

Deno.test("a record that too few replicas have is UNDER_REPLICATED, and written", async () => {
  const url = freshUrl(servers.current);
  const options = { minReplicas: 1, replicaTimeoutMs: 50 };
  await using store = new RedisStreamsPersistence(url, options);
  assertEquals(await codeOf(store.recordEvent(eventOf(1))), "UNDER_REPLICATED");
  assertEquals((await store.listEvents()).length, 1);
});

Deno.test("a server older than 6.2 is refused", async () => {
  const [server] = servers.current.processes;
  // What it says of itself is changed on the way; everything else is the real server.
  const gate = openGate(server!.port, aged);
  {
    await using store = new RedisStreamsPersistence(`redis://127.0.0.1:${gate.port}`);
    const error = await store.describe().catch((thrown) => thrown);
    assertEquals(error.code, "UNSUPPORTED_VERSION");
    assertStringIncludes(error.message, "6.2 or newer");
  }
  await gate.close();
});

function aged(answer: Uint8Array): Uint8Array {
  const text = new TextDecoder("latin1").decode(answer);
  const old = text.replace(
    /(?<=\r\n)\d\.\d\.\d+(?=\r\n)/g,
    ({ length }) => "6.0.99999".slice(0, length),
  );
  return Uint8Array.from(old, (character) => character.charCodeAt(0));
}

/** A store behind a gate, with one record, and a connection to write over. */
async function gated(options: RedisStreamsOptions = {}) {
  const gate = openGate(servers.current.processes[0]!.port);
  const url = freshUrl({ ...servers.current, url: `redis://127.0.0.1:${gate.port}/0` });
  const limits = { commandTimeoutMs: 1000, ...options };
  const store = new RedisStreamsPersistence(url, limits);
  await store.recordEvent(eventOf(0));
  const close = async () => {
    await store.close();
    await gate.close();
  };
  return { gate, store, key: keyOf(url, "events"), close };
}

const outcomeOf = (writing: Promise<unknown>) =>
  writing.then(() => "written", ({ code }: { code: string }) => code);

Deno.test("what never arrived is sent again once the old connection is ended on the server", async () => {
  const { gate, store, close } = await gated();
  gate.swallowRequests();
  assertEquals(await outcomeOf(store.recordMany(recordsOf("event", 3))), "written");
  assertEquals((await store.listEvents()).length, 4);
  await close();
});

Deno.test("what never arrived is UNKNOWN where the old connection cannot be ended: it may yet arrive", async () => {
  const [server] = servers.current.processes;
  await server!.command("ACL", "SETUSER", "weak", "on", ">pass", "~*", "+@all", "-client|kill");
  const { gate, store, close } = await gated({ username: "weak", password: "pass" });
  gate.swallowRequests();
  assertEquals(await outcomeOf(store.recordEvent(eventOf(1))), "UNKNOWN");
  assertEquals((await store.listEvents()).length, 1);
  await close();
});

Deno.test("what arrived without the answer arriving is written, once, in one piece", async () => {
  const { gate, store, close } = await gated();
  gate.swallowAnswers();
  const writing = [store.recordEvent(eventOf(1)), store.recordMany(recordsOf("audit", 3))];
  assertEquals(await Promise.all(writing.map(outcomeOf)), ["written", "written"]);
  assertEquals([(await store.listEvents()).length, (await store.listAudits()).length], [2, 3]);
  await close();
});

Deno.test("what may have been trimmed meanwhile is UNKNOWN, and not written again", async () => {
  const [server] = servers.current.processes;
  const { gate, store, key, close } = await gated({ commandTimeoutMs: 20_000 });
  gate.swallowAnswers();
  const writing = outcomeOf(store.recordEvent(eventOf(1)));
  await untilTrue(async () => await server!.command("XLEN", key) === 2);
  await server!.command("XTRIM", key, "MAXLEN", "0");
  gate.breaks();
  assertEquals(await writing, "UNKNOWN");
  assertEquals((await store.listEvents()).length, 0);
  await close();
});

Deno.test("what was sent to a server that is another process now is written or UNKNOWN, never sent again", async () => {
  const [server] = servers.current.processes;
  const { gate, store, close } = await gated();
  gate.swallowRequests();
  const writing = outcomeOf(store.recordEvent(eventOf(1)));
  await server!.restart();
  assertEquals(await writing, "UNKNOWN");
  assertEquals((await store.listEvents()).length, 1);
  await close();
});

Deno.test("a store that was made anew in the middle of a break is not written to twice", async () => {
  const [server] = servers.current.processes;
  const url = freshUrl(servers.current);
  await using store = new RedisStreamsPersistence(url, { commandTimeoutMs: 300 });
  await store.recordMany(recordsOf("event", 5));
  server!.freeze();
  const writing = store.recordEvent(eventOf(6)).then(() => "written", ({ code }) => code);
  const deleting = server!.command("DEL", keyOf(url, "events"));
  await new Promise((resolve) => setTimeout(resolve, 450));
  server!.thaw();
  await deleting;
  const outcome = await writing;
  const { length } = await store.listEvents();
  assert(outcome === "UNKNOWN" || (outcome === "written" && length <= 1), `${outcome} ${length}`);
  await untilTrue(async () => await server!.command("PING") === "PONG");
});
