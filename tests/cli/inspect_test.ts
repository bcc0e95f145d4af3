import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import type { RecordInput } from "../../lib/model/record.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { events, storeOf } from "./_stores.ts";

const RECORDS: readonly RecordInput[] = [
  ...events(6),
  {
    kind: "audit",
    timestamp: 1_700_000_010.5,
    totalActors: 12,
    aliveActors: 9,
    stoppingActors: 2,
    restartingActors: 1,
    deadLettersCount: 4,
  },
  { kind: "dead_letter", timestamp: 1_700_000_011, target: "local://7", messageType: "Ping" },
  {
    kind: "dead_letter",
    timestamp: 1_700_000_012,
    target: { system: "local", actorId: 7 },
    messageType: "Pong",
    payload: { a: [1, "ü"] },
  },
  { kind: "dead_letter", timestamp: 1_700_000_013, messageType: "Lost" },
];

async function lines(...args: string[]): Promise<string[]> {
  return (await papyraOk(args)).trimEnd().split("\n");
}

cliTest("inspect prints the lines of the original", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  const [first] = await lines("inspect", "events", "--path", path);
  assertEquals(first, "[1700000000.000] ActorStarted local://0");
  assertEquals(await lines("inspect", "audits", "--path", path), [
    "[1700000010.500] total=12 alive=9 stopping=2 restarting=1 dead_letters=4",
  ]);
  assertEquals(await lines("inspect", "dead-letters", "--path", path), [
    "[1700000011.000] target=local://7 type=Ping payload=null",
    '[1700000012.000] target=local://7 type=Pong payload={"a":[1,"ü"]}',
    "[1700000013.000] target=None type=Lost payload=null",
  ]);
  assertEquals(await lines("inspect", "summary", "--path", path), [
    "Actors: total=12 alive=9 stopping=2 restarting=1",
    "Dead letters: 4",
    "As of: [1700000010.500] local",
  ]);
});

cliTest("an empty store has nothing to list, and says so", async (directory) => {
  const path = await storeOf(directory, []);
  await Deno.writeTextFile(path, "");
  assertEquals(await lines("inspect", "events", "--path", path), ["No events recorded."]);
  assertEquals(await lines("inspect", "audits", "--path", path), ["No audit reports recorded."]);
  assertEquals(await lines("inspect", "dead-letters", "--path", path), [
    "No dead letters recorded.",
  ]);
  assertEquals(await lines("inspect", "summary", "--path", path), ["No audit data available."]);
  assertEquals(await lines("persistence", "history", "--path", path), ["No maintenance recorded."]);
});

cliTest(
  "--limit takes the newest that the filters leave, --reverse turns them",
  async (directory) => {
    const path = await storeOf(directory, RECORDS);
    const query = [
      "inspect",
      "events",
      "--path",
      path,
      "--event-type",
      "ActorStarted",
      "--limit",
      "2",
    ];
    const newest = [
      "[1700000002.000] ActorStarted local://2",
      "[1700000004.000] ActorStarted local://1",
    ];
    assertEquals(await lines(...query), newest);
    assertEquals(await lines(...query, "--reverse"), newest.toReversed());
  },
);

cliTest("--since and --until take Unix seconds, ISO 8601 and how long ago", async (directory) => {
  const recent = events(1, Date.now() / 1000 - 600);
  const path = await storeOf(directory, [...RECORDS, ...recent]);
  const count = async (...args: string[]) =>
    (await lines("inspect", "events", "--path", path, ...args)).length;
  assertEquals(await count("--since", "1700000004", "--until", "1700000005.5"), 2);
  assertEquals(await count("--until", "2023-11-14T22:13:21Z"), 2);
  assertEquals(await count("--since", "1h"), 1);
});

cliTest("an address is the same actor however it is written", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  for (const target of ["local://7", "local:7"]) {
    const found = await lines("inspect", "dead-letters", "--path", path, "--target", target);
    assertEquals(found.length, 2);
  }
  assertEquals((await lines("inspect", "events", "--path", path, "--actor", "local:1")).length, 2);
});

cliTest("--since in the future is told, and lists nothing", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  const { code, stdout, stderr } = await papyra(
    ["inspect", "events", "--path", path, "--since", "2999-01-01"],
  );
  assertEquals({ code, stdout }, { code: 0, stdout: "No events recorded.\n" });
  assertMatch(stderr, /^papyra: --since 2999-01-01T00:00:00\.000Z lies in the future/);
});

cliTest("retention flags hide what they expire", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  assertEquals((await lines("inspect", "events", "--path", path, "--max-records", "2")).length, 2);
});

cliTest("inspect --json is one document with the stored names", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  const document = JSON.parse(
    await papyraOk(["inspect", "dead-letters", "--path", path, "--json"]),
  );
  assertEquals([document.schema, document.skipped], ["papyra.dead-letters/v1", 0]);
  assertEquals(document.records[1], {
    kind: "dead_letter",
    timestamp: 1_700_000_012,
    system_id: "local",
    target: { system: "local", actor_id: 7 },
    message_type: "Pong",
    payload: { a: [1, "ü"] },
    seq: 9,
  });
  const summary = JSON.parse(await papyraOk(["inspect", "summary", "--path", path, "--json"]));
  assertEquals([summary.schema, summary.audit.total_actors], ["papyra.summary/v1", 12]);
  const none = await papyraOk(["inspect", "events", "--path", path, "--limit", "0", "--json"]);
  assertEquals(JSON.parse(none).records, []);
});

cliTest("persistence inspect tells backend, retention and counts", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  const found = await lines("persistence", "inspect", "--path", path, "--limit", "3");
  assertEquals(found[0], "Persistence Inspect");
  for (
    const line of [
      "backend: JsonFilePersistence",
      "retention: max_records=None max_age_seconds=None max_total_bytes=None",
      "events_sampled: 3 (capped)",
      "audits_sampled: 1",
      "dead_letters_sampled: 3 (capped)",
    ]
  ) assertEquals(found.filter((text) => text === line), [line]);
  assertEquals(found.includes("metrics:"), false);
});

cliTest("persistence inspect tells what people look for first", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  await papyraOk([
    "persistence",
    "compact",
    "--path",
    path,
    "--kind",
    "event",
    "--max-records",
    "4",
  ]);
  await papyraOk(["persistence", "scan", "--path", path]);
  const args = ["persistence", "inspect", "--path", path, "--kind", "dead_letter", "--max-records"];
  const told = new Map(
    (await lines(...args, "1")).map((line) => line.split(": ") as [string, string]),
  );
  const { size } = await Deno.stat(path);
  assertEquals(told.get("kind"), "one file");
  assertEquals(told.get("bytes"), `${size}`);
  assertMatch(told.get("disk_free")!, /^[\d.]+ [KMGT]iB$/);
  assertEquals(told.get("records"), "8 (events=4 audits=1 dead_letters=3)");
  assertEquals(told.get("oldest"), "2023-11-14T22:13:22.000Z");
  assertEquals(told.get("newest"), "2023-11-14T22:13:33.000Z");
  assertEquals(told.get("retained"), "6 (events=4 audits=1 dead_letters=1)");
  assertMatch(told.get("next_compaction")!, /^frees \d+ B$/);
  assertMatch(told.get("last_scan")!, /^20.*Z healthy$/);
  assertEquals(told.get("last_recovery"), "never");
  assertMatch(told.get("last_compaction")!, /^20.*Z removed 2 expired records \(\d+ B\)$/);
});

cliTest(
  "persistence inspect tells the retention of the flags and the counters",
  async (directory) => {
    const path = await storeOf(directory, RECORDS);
    const args = [
      "persistence",
      "inspect",
      "--path",
      path,
      "--max-age",
      "20000d",
      "--show-metrics",
    ];
    const text = await papyraOk([...args, "--max-bytes", "1MB", "--kind", "event"]);
    assertStringIncludes(text, "max_records=None max_age_seconds=None max_total_bytes=None\n");
    assertStringIncludes(
      text,
      "retention of events: max_records=None max_age_seconds=1728000000 max_total_bytes=1000000\n",
    );
    assertMatch(text, /^metrics:\n {2}records_written: 10\n/m);
    const report = JSON.parse(await papyraOk([...args, "--json"]));
    assertEquals([report.schema, report.sampled.event], ["papyra.inspect/v1", 6]);
    assertEquals(report.retention, { max_age_seconds: 1_728_000_000 });
  },
);
