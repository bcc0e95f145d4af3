import { join } from "node:path";
import { openStore } from "../../lib/operations/open_store.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { feed, serversOfFile, standalone, untilTrue } from "../redis/servers.ts";
import { cliTest, endOf, papyra, papyraOk, papyraScript, spawnPapyra } from "./_papyra.ts";
import { events, storeOf } from "./_stores.ts";

const servers = serversOfFile(standalone());
const WORKER = ["--group", "workers", "--consumer", "w1"];
const GROUP = ["--group", "workers"];
let made = 0;

/** A store of so many events, with a group that has read nothing; its flag and the key of the events. */
async function storeWith(count: number): Promise<{ store: string[]; key: string }> {
  const system = `g${++made}`;
  const store = ["--store", `${servers.current.url}?system_id=${system}`];
  const key = `papyra:${system}:events`;
  await using opened = await openStore(store[1]!);
  await opened.recordMany(
    Array.from({ length: count }, (_, index) => ({ kind: "event", eventType: `E${index + 1}` })),
  );
  await redis("XGROUP", "CREATE", key, "workers", "0");
  return { store, key };
}

const redis = (...command: string[]) => servers.current.processes[0]!.command(...command);
const linesOf = (text: string) => text.split("\n").filter((line) => line !== "");
const idsIn = (text: string): string[] => linesOf(text).map((line) => JSON.parse(line).id);
const consume = async (store: readonly string[], ...more: string[]) =>
  await papyraOk(["redis", "consume", ...store, ...WORKER, ...more]);

async function pendingOf(store: readonly string[]) {
  const text = await papyraOk(["redis", "pending", ...store, ...GROUP, "--json"]);
  return JSON.parse(text) as { pending: number; entries: { id: string; deliveries: number }[] };
}

Deno.test("consume prints entries as NDJSON, acknowledges them, and ends when there are no more", async () => {
  const { store, key } = await storeWith(3);
  await feed(servers.current.processes[0]!, [["XADD", key, "*", "data", "torn"]]);
  const { code, stdout, stderr } = await papyra(["redis", "consume", ...store, ...WORKER]);
  assertEquals(code, 0);
  const entries = linesOf(stdout).map((line) => JSON.parse(line));
  assertEquals(entries.slice(0, 3).map(({ record }) => record.event_type), ["E1", "E2", "E3"]);
  assertEquals(entries.map(({ deliveries }) => deliveries), [1, 1, 1, 1]);
  assertEquals([entries[3].record, entries[3].fault.code], [null, "CORRUPTED_LINE"]);
  assertEquals(entries[3].fields, [{ name: "data", value: "torn" }]);
  assertStringIncludes(stderr, "1 entries are no records");
  assertEquals((await pendingOf(store)).pending, 0);
  assertEquals(await consume(store), "");
});

Deno.test("groups, pending, claim and ack tell and settle what consumers left", async () => {
  const { store } = await storeWith(5);
  const first = idsIn(await consume(store, "--no-ack", "--limit", "3"));
  assertEquals(first.length, 3);
  const groups = await papyraOk(["redis", "groups", ...store]);
  assertMatch(
    groups,
    /^event "workers": 3 pending, lag 2, last given out .*; "w1" has 3, idle \d+m?s$/m,
  );
  const listed = JSON.parse(await papyraOk(["redis", "groups", ...store, "--json"]));
  assertEquals([listed.schema, listed.groups.length], ["papyra.redis-groups/v1", 1]);
  assertEquals(listed.groups[0].consumers.map(({ name }: { name: string }) => name), ["w1"]);
  assertMatch(
    await papyraOk(["redis", "pending", ...store, ...GROUP]),
    /^\[\d+-\d+\] consumer="w1" idle=\d+m?s deliveries=1$/m,
  );
  const claim = ["redis", "claim", ...store, ...GROUP, "--consumer", "w2", "--min-idle", "0s"];
  const one = JSON.parse(await papyraOk([...claim, "--id", first[0]!, "--json"]));
  assertEquals([one.claimed, one.next], [[{ id: first[0], deliveries: 2 }], null]);
  assertStringIncludes(await papyraOk(claim), 'Claimed 3 entries for "w2"');
  const buried = await papyraOk([...claim, "--max-deliveries", "3"]);
  assertEquals(linesOf(buried).map((line) => line.split(":")[0]), [
    'Claimed 2 entries for "w2"',
    "dead letter",
  ]);
  assertStringIncludes(
    await papyraOk(["inspect", "dead-letters", ...store]),
    `type=UndeliveredEntry payload={"key":`,
  );
  const acked = ["redis", "ack", ...store, ...GROUP, ...first.flatMap((id) => ["--id", id])];
  const { stdout, stderr } = await papyra(acked);
  assertEquals([stdout, stderr], [
    "Acknowledged 2 of 3 entries\n",
    "papyra: 1 entries were not pending\n",
  ]);
  assertEquals(idsIn(await consume(store)).length, 2);
});

Deno.test("a claim tells what is pending and gone, and leaves it pending", async () => {
  const { store, key } = await storeWith(2);
  const [gone] = idsIn(await consume(store, "--no-ack"));
  await redis("XDEL", key, gone!);
  const claim = ["redis", "claim", ...store, ...GROUP, "--consumer", "w2", "--min-idle", "0s"];
  assertMatch(await papyraOk(claim), /^gone, see persistence recover --ack-dangling: \[/m);
  assertEquals((await pendingOf(store)).entries[0]!.id, gone);
});

Deno.test("what consume acknowledged was written out, also when it is killed while nobody reads", async () => {
  const { store, key } = await storeWith(2000);
  const child = spawnPapyra(["redis", "consume", ...store, ...WORKER]);
  await child.stdin.close();
  const [[firstId]] = await redis("XRANGE", key, "-", "+", "COUNT", "1") as [[string]];
  // It stops once the pipe is full, with a page that is given out and not acknowledged; the first one fits.
  await untilTrue(async () => {
    const [, , , consumers] = await redis("XPENDING", key, "workers") as unknown[];
    const before = JSON.stringify(consumers);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [pending, smallestId, , after] = await redis("XPENDING", key, "workers") as unknown[];
    return Number(pending) > 0 && smallestId !== firstId && JSON.stringify(after) === before;
  });
  child.kill("SIGKILL");
  const { stdout, stderr: _ } = await endOf(child);
  const whole = stdout.slice(0, stdout.lastIndexOf("\n") + 1);
  const written = idsIn(whole);
  const rest = idsIn(await consume(store));
  assert(written.length < 2000 && rest.length < 2000, `${written.length} ${rest.length}`);
  assertEquals(new Set([...written, ...rest]).size, 2000);
});

Deno.test("consume ends in silence when nobody reads on, and leaves the rest to the next one", async () => {
  const { store } = await storeWith(2000);
  const child = spawnPapyra(["redis", "consume", ...store, ...WORKER]);
  await child.stdin.close();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const [stderr, { code }] = await Promise.all([new Response(child.stderr).text(), child.status]);
  assertEquals([code, stderr], [0, ""]);
  const { pending, entries } = await pendingOf(store);
  assert(pending > 0, `${pending}`);
  assertEquals(idsIn(await consume(store))[0], entries[0]!.id);
});

Deno.test("consume --follow prints what comes at once, and acknowledges it before it is stopped", async () => {
  const { store, key } = await storeWith(1);
  await redis("XGROUP", "DESTROY", key, "workers");
  const child = spawnPapyra(["redis", "consume", ...store, ...WORKER, "--create-from", "$", "-f"]);
  await child.stdin.close();
  await untilTrue(async () => (await redis("XINFO", "GROUPS", key) as unknown[]).length === 1);
  await papyraOk(["record", "event", "--type", "Late", ...store]);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  assertEquals(JSON.parse(value!).record.event_type, "Late");
  await untilTrue(async () => (await redis("XPENDING", key, "workers") as number[])[0] === 0);
  child.kill("SIGTERM");
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
  assertEquals((await child.status).code, 143);
});

Deno.test("trim goes by retention and by what groups need, and tells what they hold back", async () => {
  const { store } = await storeWith(10);
  await consume(store, "--limit", "4");
  const trim = ["redis", "trim", ...store, "--max-records", "2"];
  const planned = await papyraOk([...trim, "--dry-run"]);
  assertStringIncludes(planned, "removed_records: 4");
  const held = JSON.parse(await papyraOk([...trim, "--json"]));
  assertEquals([held.schema, held.removed_records, held.held_back[0].records], [
    "papyra.compaction/v1",
    4,
    4,
  ]);
  assertStringIncludes(await papyraOk([...trim, "--force", "--trim", "exact"]), "after_records: 2");
});

cliTest(
  "what is not there, or is no store on Redis, has exit codes of its own",
  async (directory) => {
    const { store } = await storeWith(1);
    const path = ["--path", await storeOf(directory, events(1))];
    const none = ["--group", "nobody"];
    await redis("SET", "papyra:text:events", "text");
    const text = ["--store", `${servers.current.url}?system_id=text`];
    const runs: readonly (readonly [code: number, says: string, args: readonly string[]])[] = [
      [10, "no consumer group of that name", ["pending", ...store, ...none]],
      [10, "no consumer group of that name", ["consume", ...store, ...none, "--consumer", "c"]],
      [10, "no consumer group of that name", ["ack", ...store, ...none, "--id", "1-0"]],
      [10, "no consumer group of that name", [
        ...["claim", ...store, ...none, "--consumer", "c", "--min-idle", "1s"],
      ]],
      [10, 'has no consumer "w9"', ["pending", ...store, ...GROUP, "--consumer", "w9"]],
      [64, "has no consumer groups", ["groups", ...path]],
      [64, "has no consumer groups", ["trim", ...path, "--max-records", "1"]],
      [64, "No entry is named", ["ack", ...store, ...GROUP]],
      [64, "no id such as", ["ack", ...store, ...GROUP, "--id", "x"]],
      [64, "--group", ["pending", ...store]],
      [64, "cannot become a dead letter", [
        ...["consume", ...store, ...WORKER, "--kind", "dead_letter", "--max-deliveries", "2"],
      ]],
      [69, "Cannot reach", ["groups", "--store", "redis://127.0.0.1:1/0"]],
      [74, "something else than a stream", ["pending", ...text, ...GROUP]],
      [74, "something else than a stream", ["groups", ...text]],
    ];
    await Promise.all(runs.map(async ([code, says, args]) => {
      const run = await papyra(["redis", ...args]);
      assertEquals([run.code, run.stdout], [code, ""], `${args} ${run.stderr}`);
      assertStringIncludes(run.stderr, says);
      assert(!run.stderr.includes("    at "), run.stderr);
    }));
    const { code, stdout } = await papyra(["redis", "consume", ...store, ...WORKER, "--json"]);
    assertEquals([code, JSON.parse(stdout).code], [64, "INVALID_ARGUMENT"]);
  },
);

cliTest("the commands of docs/redis.md on groups run as they stand", async (directory) => {
  const page = await Deno.readTextFile(join(import.meta.dirname!, "../../docs/redis.md"));
  const [, block] = /## Consumer groups[^]*?```sh\n([^]*?)```/.exec(page)!;
  const { url } = servers.current;
  await papyraOk(["record", "event", "--type", "Paid", "--store", url]);
  const script = block!.replace("redis://127.0.0.1:6379/0", url);
  const { code, stdout, stderr } = await papyraScript(script, directory);
  assertEquals([code, code === 0 ? "" : stderr], [0, ""]);
  assertStringIncludes(stdout, '"event_type":"Paid"');
});
