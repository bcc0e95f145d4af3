import { join } from "node:path";
import { copyStore, JsonFilePersistence, RedisStreamsPersistence } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { inTempDirectory, tempTest } from "../_temp.ts";
import { asOriginal, expectedOf, FIXTURES } from "../backends/file/originals.ts";
import { papyra, spawnPapyra } from "../cli/command_line.ts";
import { codeOf, contentOf, fill } from "../operations/copying.ts";
import { recordToWire } from "../../lib/model/wire.ts";
import { sorted } from "../storage/lines.ts";
import { freshUrl, keyOf } from "./_stores.ts";
import { feed, serversOfFile, standalone, untilTrue } from "./servers.ts";

type Streams = { readonly [key: string]: readonly (readonly [string, Record<string, string>])[] };

const servers = serversOfFile(standalone({ appendonly: "yes", appendfsync: "always" }));

tempTest(
  "from a file to Redis, to Redis and back to a file, and on from there",
  async (directory) => {
    await using first = new JsonFilePersistence(join(directory, "first.ndjson"));
    await using second = new RedisStreamsPersistence(freshUrl(servers.current));
    await using third = new RedisStreamsPersistence(freshUrl(servers.current));
    await using last = new JsonFilePersistence(join(directory, "last.ndjson"));
    const hops = [[first, second], [second, third], [third, last]] as const;
    for (const [from, expected] of [[0, 100], [100, 20], [120, 0]] as const) {
      await fill(first, expected, from);
      for (const [from, to] of hops) {
        const { copied, found, verification } = await copyStore({ from, to, batchSize: 9 });
        assertEquals(copied.event + copied.audit + copied.dead_letter, expected);
        assertEquals(found, { event: 0, audit: 0, dead_letter: 0 });
        assertEquals(verification!.otherRecords, 0);
      }
    }
    assertEquals(await contentOf(last), await contentOf(first));
    const receipts = await Array.fromAsync(third.history());
    assertEquals(receipts.map(({ operation }) => operation), ["copy", "copy"]);
  },
);

tempTest("what the original keeps on Redis is brought over to a file", async (directory) => {
  const { processes: [server], url } = servers.current;
  const streams = JSON.parse(await Deno.readTextFile(join(FIXTURES, "redis-streams.json")));
  await feed(
    server!,
    Object.entries(streams as Streams).flatMap(([key, entries]) =>
      entries.map(([id, fields]) => ["XADD", key, id, ...Object.entries(fields).flat()])
    ),
  );
  await using from = new RedisStreamsPersistence(`${url}?system_id=orders`);
  await using to = new JsonFilePersistence(join(directory, "to.ndjson"));
  await copyStore({ from, to });
  const expected = await expectedOf("json");
  const wires = (await to.listEvents()).map((record) => {
    const { kind: _, seq: __, ...fields } = recordToWire(record);
    return sorted(fields);
  });
  assertEquals(wires, [...expected.events]);
  await using back = new RedisStreamsPersistence(freshUrl(servers.current));
  await copyStore({ from: to, to: back });
  assertEquals(asOriginal(await back.listDeadLetters()), [...expected.dead_letters]);
});

Deno.test("one copy at a time, and what others record meanwhile is theirs", async () => {
  const url = freshUrl(servers.current);
  await using from = new RedisStreamsPersistence(freshUrl(servers.current));
  await using to = new RedisStreamsPersistence(url);
  await using other = new RedisStreamsPersistence(url);
  await fill(from, 500);
  await fill(other, 10, 900);
  let busy: Promise<string> | undefined;
  let others: Promise<void> | undefined;
  const onProgress = (_done: number, _total: number, step: string) => {
    if (step !== "copying" || busy !== undefined) return;
    busy = codeOf(copyStore({ from, to: other }));
    others = fill(other, 10, 910);
  };
  await copyStore({ from, to, onProgress, batchSize: 20 });
  assertEquals(await busy, "BUSY");
  await others;
  const { copied, verification } = await copyStore({ from, to });
  assertEquals([copied.event, verification!.otherRecords], [0, 10]);
});

Deno.test("compactions and lost notes between two runs double nothing", async () => {
  const url = freshUrl(servers.current);
  await using from = new RedisStreamsPersistence(freshUrl(servers.current));
  await using to = new RedisStreamsPersistence(url);
  await fill(from, 100);
  await copyStore({ from, to });
  await from.compact({ retention: { maxRecords: 5 } });
  await fill(from, 10, 100);
  await servers.current.processes[0]!.command("DEL", keyOf(url, "copies"));
  const { copied, found } = await copyStore({ from, to });
  assertEquals([copied.event, found.event], [8, 5]);
  await to.compact({ retention: { maxRecords: 1 } });
  await fill(from, 10, 110);
  assertEquals((await copyStore({ from, to, verify: "new" })).copied.event, 8);
  assertEquals((await to.listEvents()).length, 9);
});

Deno.test("a copy that was killed goes on where it was, and doubles nothing", () =>
  inTempDirectory(async (directory) => {
    const { processes: [server] } = servers.current;
    const path = join(directory, "from.ndjson");
    await using from = new JsonFilePersistence(path);
    await fill(from, 5000);
    const url = freshUrl(servers.current);
    const copy = ["copy", "--from", path, "--to", url];
    const lengthOf = async () => Number(await server!.command("XLEN", keyOf(url, "events")));
    for (const least of [1, 300]) {
      // So slow that it is killed in the middle, whoever else uses the processor.
      const child = spawnPapyra([...copy, "--batch-size", "1"]);
      await untilTrue(async () => await lengthOf() > least);
      child.kill("SIGKILL");
      await child.output();
      // It would expire by itself, as nobody renews it.
      if (least === 1) assertEquals((await papyra(copy)).code, 11);
      await server!.command("DEL", keyOf(url, "maintenance"));
    }
    assert(await lengthOf() < 4000, "it was killed in the middle");
    const { code, stdout } = await papyra([...copy, "--json"]);
    assertEquals([code, JSON.parse(stdout).verification.other_records], [0, 0]);
    await using to = new RedisStreamsPersistence(url);
    for (const kind of ["event", "audit", "dead_letter"] as const) {
      assertEquals(await contentOf(to, [kind]), await contentOf(from, [kind]));
    }
  }));

Deno.test("a copy whose server is killed goes on when that is back, and doubles nothing", () =>
  inTempDirectory(async (directory) => {
    const { processes: [server] } = servers.current;
    await using from = new JsonFilePersistence(join(directory, "from.ndjson"));
    await fill(from, 1500);
    const url = freshUrl(servers.current);
    await using to = new RedisStreamsPersistence(url);
    const copying = copyStore({ from, to, batchSize: 5 }).then(() => "done", ({ code }) => code);
    await untilTrue(async () => Number(await server!.command("XLEN", keyOf(url, "events"))) > 100);
    await server!.kill();
    await server!.restart();
    assertEquals(["UNKNOWN", "done"].includes(await copying), true, await copying);
    await using again = new RedisStreamsPersistence(url);
    const { verification } = await copyStore({ from, to: again, waitMs: 60_000 });
    assertEquals(verification!.otherRecords, 0);
    assertEquals(await contentOf(again, ["event"]), await contentOf(from, ["event"]));
  }));
