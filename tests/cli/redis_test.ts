import { assert, assertEquals, assertStringIncludes } from "../_assert.ts";
import { feed, serversOfFile, standalone } from "../redis/servers.ts";
import { papyra, papyraOk } from "./_papyra.ts";

const PASSWORD = "s3cret/word";

const servers = serversOfFile(standalone());

const urlOf = (system: string) => `${servers.current.url}?system_id=${system}`;

Deno.test("what one process records on a server, another one inspects", async () => {
  const store = ["--store", urlOf("first")];
  await papyraOk(["record", "event", "--type", "OrderPlaced", ...store, "--actor", "local://7"]);
  const listed = await papyraOk(["inspect", "events", "--path", urlOf("first")]);
  assertStringIncludes(listed, "OrderPlaced local://7");
  const summary = await papyraOk(["persistence", "inspect", ...store]);
  assertStringIncludes(summary, "backend: RedisStreamsPersistence");
  assertStringIncludes(summary, "events_sampled: 1");
});

Deno.test("a store on a server is scanned, recovered, compacted and accounted for", async () => {
  const store = ["--store", urlOf("second")];
  const lines = Array.from(
    { length: 10 },
    (_, index) =>
      JSON.stringify({ kind: "event", timestamp: 1_700_000_000 + index, event_type: "A" }),
  );
  await papyraOk(["ingest", ...store, "--quiet"], { stdin: `${lines.join("\n")}\n` });
  const [server] = servers.current.processes;
  await feed(server!, [["XADD", "papyra:second:events", "*", "data", "{torn"]]);
  const scan = await papyra(["persistence", "scan", ...store]);
  assertEquals(scan.code, 2);
  assertStringIncludes(scan.stdout, "Found 1 persistence anomalies:");
  assertStringIncludes(scan.stdout, "- CORRUPTED_LINE: papyra:second:events (entry ");
  const recovered = await papyraOk(["persistence", "recover", ...store]);
  assertStringIncludes(recovered, "kept papyra:second:quarantine:papyra_second_events");
  const compacted = await papyraOk(["persistence", "compact", ...store, "--max-records", "3"]);
  assertStringIncludes(compacted, "removed_records: 7");
  const history = JSON.parse(await papyraOk(["persistence", "history", ...store, "--json"]));
  assertEquals(
    history.receipts.map(({ operation, outcome }: Record<string, string>) => [operation, outcome]),
    [["recover", "done"], ["compact", "done"]],
  );
  const report = JSON.parse(await papyraOk(["report", ...store, "--json", "--max-records", "2"]));
  assertEquals([report.verdict.state, report.disk.gap], ["healthy", "no_disk"]);
  assertEquals([report.growth.buckets.length, report.size.expired_records.event], [3, 1]);
  assertEquals(report.operations.map(({ text }: { text: string }) => text.split(" (")[0]), [
    "removed 7 expired records",
    "removed 1 damaged place",
  ]);
  const metrics = JSON.parse(await papyraOk(["metrics", "persistence", ...store, "--json"]));
  assertEquals([metrics.records_written, metrics.compactions], [10, 1]);
  await papyraOk(["metrics", "reset", ...store]);
  const sample = await papyraOk(["persistence", "scan", ...store, "--sample", "2"]);
  assertStringIncludes(sample, "Only a sample: the newest 2 entries of each stream");
});

Deno.test("no command waits longer for a server that never answers than it may", async () => {
  const [server] = servers.current.processes;
  server!.freeze();
  try {
    for (const command of ["persistence scan", "persistence inspect", "doctor redis"]) {
      const began = performance.now();
      const args = [...command.split(" "), "--store", urlOf("first"), "--timeout", "1s"];
      const { code, stderr } = await papyra(args);
      assertEquals(code, 13, `${command}: ${stderr}`);
      assert(performance.now() - began < 8000, `${command} took too long`);
    }
  } finally {
    server!.thaw();
  }
});

Deno.test("what a consumer group holds back is told by compact, and goes with --force", async () => {
  const store = ["--store", urlOf("third")];
  const [server] = servers.current.processes;
  for (const name of ["A", "B"]) await papyraOk(["record", "event", "--type", name, ...store]);
  await server!.command("XGROUP", "CREATE", "papyra:third:events", "workers", "0");
  const args = ["persistence", "compact", ...store, "--max-records", "1"];
  const held = await papyraOk(args);
  assertStringIncludes(held, 'held_back: 1 of papyra:third:events: group "workers" has not read');
  const forced = JSON.parse(await papyraOk([...args, "--force", "--json"]));
  assertEquals([forced.removed_records, forced.held_back], [1, []]);
});

Deno.test("a server that cannot be reached is exit code 69, for every command on a store", async () => {
  const store = ["--store", "redis://127.0.0.1:1/0"];
  const commands = [
    ["inspect", "events"],
    ["inspect", "summary"],
    ["record", "event", "--type", "A"],
    ["persistence", "scan"],
    ["persistence", "compact", "--max-records", "1"],
    ["metrics", "persistence"],
  ];
  await Promise.all(commands.map(async (command) => {
    const { code, stdout, stderr } = await papyra([...command, ...store]);
    assertEquals([code, stdout], [69, ""], command.join(" "));
    assertStringIncludes(stderr, "Cannot reach redis://127.0.0.1:1/0");
    assert(!stderr.includes("    at "), stderr);
  }));
});

const REFUSALS: readonly (readonly [says: string, ...change: readonly string[][]])[] = [
  ["maxmemory", ["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]],
  ["is a replica", ["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]],
  ["ACL SETUSER", ["ACL", "SETUSER", "default", "-xadd"], ["ACL", "SETUSER", "default", "+xadd"]],
  ["than a stream", ["SET", "papyra:fifth:events", "text"], ["DEL", "papyra:fifth:events"]],
];

for (const [says, before, behind] of REFUSALS) {
  Deno.test(`a record that a server refuses (${says}) is exit code 74, and tells what to do`, async () => {
    const [server] = servers.current.processes;
    await server!.command(...before!);
    const args = ["record", "event", "--type", "A", "--store", urlOf("fifth")];
    const refused = await papyra(args);
    await server!.command(...behind!);
    assertEquals([refused.code, refused.stdout], [74, ""]);
    assertStringIncludes(refused.stderr, says);
    await papyraOk(args);
  });
}

Deno.test("user and password come from the environment or the URL, and are never shown", async () => {
  const [server] = servers.current.processes;
  await server!.command("ACL", "SETUSER", "operator", "on", `>${PASSWORD}`, "~*", "+@all");
  const env = { PAPYRA_REDIS_USER: "operator", PAPYRA_REDIS_PASSWORD: PASSWORD };
  const store = ["--store", urlOf("fourth")];
  await papyraOk(["record", "event", "--type", "A", ...store], { env });
  const secret = encodeURIComponent(PASSWORD);
  const withPassword = urlOf("fourth").replace("//", `//operator:${secret}@`);
  const wrong = urlOf("fourth").replace("//", `//operator:x${secret}@`);
  const runs = [
    await papyra(["persistence", "inspect", "--store", withPassword]),
    await papyra(["persistence", "scan", "--store", withPassword, "--json"]),
    await papyra(["persistence", "inspect", "--store", wrong]),
    await papyra(["inspect", "events", "--store", wrong, "--json"]),
    await papyra(["inspect", "events", "--store", `${wrong}&colour=red`]),
    await papyra(["inspect", "events", "--store", wrong.replace("6379", "99999999")]),
  ];
  assertEquals(runs.map(({ code }) => code).slice(0, 5), [0, 0, 69, 69, 64]);
  for (const { stdout, stderr } of runs) {
    const told = stdout + stderr;
    assert(!told.includes(PASSWORD) && !told.includes(secret), told);
  }
});
