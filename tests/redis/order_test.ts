import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import { Following } from "../../lib/testing/following.ts";
import { mixedRecords } from "../../lib/testing/samples.ts";
import { assert, assertEquals } from "../_assert.ts";
import { freshUrl, keyOf } from "./_stores.ts";
import { serversOfFile, standalone } from "./servers.ts";

const servers = serversOfFile(standalone());

// Streams are told apart by kind: only signatures say what came first within a millisecond.
const TURNS = ["event", "audit", "event", "dead_letter", "audit", "event"];

async function writeTurns(store: RedisStreamsPersistence): Promise<void> {
  await store.recordMany(
    TURNS.map((kind) => ({ kind, eventType: "A", messageType: "A" }) as never),
  );
}

Deno.test("a follower that waits gets the kinds in the order in which they were recorded", async () => {
  await using store = new RedisStreamsPersistence(freshUrl(servers.current));
  await using following = new Following(store);
  await following.untilCaughtUp();
  for (let round = 1; round <= 20; round++) {
    await writeTurns(store);
    await following.until(round * TURNS.length);
    const kinds = following.records.slice(-TURNS.length).map(({ kind }) => kind as string);
    assertEquals(kinds, TURNS);
  }
});

Deno.test("records of all kinds read in the order of recording, from either end", async () => {
  const url = freshUrl(servers.current);
  await using store = new RedisStreamsPersistence(url);
  for (let round = 0; round < 30; round++) await writeTurns(store);
  await store.recordMany(mixedRecords(3000));
  const forwards = await Array.fromAsync(store.records());
  assertEquals(
    forwards.slice(0, 180).map(({ kind }) => kind as string),
    Array(30).fill(TURNS).flat(),
  );
  const backwards = await Array.fromAsync(store.records(undefined, { reverse: true }));
  assertEquals(backwards.reverse(), forwards);
  // All of the last batch arrived within few moments.
  const [server] = servers.current.processes;
  const ids = await server!.command("XRANGE", keyOf(url, "events"), "-", "+") as [string][];
  assert(new Set(ids.map(([id]) => id.split("-")[0])).size < ids.length / 10);
});

Deno.test("a user that may run no scripts writes all the same, in order, all or none", async () => {
  const [server] = servers.current.processes;
  await server!.command("ACL", "SETUSER", "plain", "on", ">pass", "~*", "+@all", "-@scripting");
  const options = { username: "plain", password: "pass" };
  await using store = new RedisStreamsPersistence(freshUrl(servers.current), options);
  const writes = Array.from({ length: 30 }, () => writeTurns(store));
  await Promise.all(writes);
  const kinds = (await Array.fromAsync(store.records())).map(({ kind }) => kind as string);
  assertEquals(kinds, Array(30).fill(TURNS).flat());
});
