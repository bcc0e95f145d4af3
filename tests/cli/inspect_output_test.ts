import { assert, assertEquals } from "../_assert.ts";
import { LISTING_FORMATS } from "../../lib/cli/listing_format.ts";
import { textWidth } from "../../lib/cli/printers/text_width.ts";
import type { RecordInput } from "../../lib/model/record.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

const RECORDS: readonly RecordInput[] = [
  ...events(3),
  { kind: "audit", timestamp: 1_700_000_010.5, systemId: "orders", totalActors: 12 },
  { kind: "dead_letter", timestamp: 1_700_000_012, messageType: "Pong", payload: { a: [1, "ü"] } },
];

async function lines(...args: string[]): Promise<string[]> {
  return (await papyraOk(args)).trimEnd().split("\n");
}

cliTest("-o text and -o json are what is printed without it and with --json", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  const inspect = ["inspect", "records", "--path", path];
  assertEquals(await papyraOk([...inspect, "-o", "text"]), await papyraOk(inspect));
  const document = await papyraOk([...inspect, "--json"]);
  for (const form of ["-o json", "-ojson", "--output=json", "--json -o json"]) {
    assertEquals(await papyraOk([...inspect, ...form.split(" ")]), document, form);
  }
});

cliTest("-o json tells errors in a document too", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  for (const form of ["-o json", "-ojson", "-o=json", "--output json", "--output=JSON"]) {
    const args = ["inspect", "events", ...form.split(" "), "--path", path, "--limit", "many"];
    const { code, stdout, stderr } = await papyra(args);
    assertEquals([code, stderr, JSON.parse(stdout).exit_code], [64, "", 64], form);
  }
});

cliTest("-o ndjson is one record a line, as in the document", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  for (const command of ["events", "audits", "dead-letters", "records"]) {
    const inspect = ["inspect", command, "--path", path];
    const { records } = JSON.parse(await papyraOk([...inspect, "--json"]));
    const printed = await lines(...inspect, "-o", "ndjson");
    assertEquals(printed.map((line) => JSON.parse(line)), records);
  }
});

cliTest("-o ndjson can be ingested, and gives the same records", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  const printed = await papyraOk(["inspect", "records", "--path", path, "-o", "ndjson"]);
  const copy = `${directory}/copy.ndjson`;
  await papyraOk(["ingest", "--path", copy], { stdin: printed });
  assertEquals(await papyraOk(["inspect", "records", "--path", copy, "-o", "ndjson"]), printed);
});

cliTest("-o table has a head and aligned columns", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  const table = (command: string) => lines("inspect", command, "--path", path, "-o", "table");
  assertEquals(await table("events"), [
    "SEQ  TIME                      TYPE          ACTOR      PAYLOAD",
    '  1  2023-11-14T22:13:20.000Z  ActorStarted  local://0  {"n":0}',
    '  2  2023-11-14T22:13:21.000Z  ActorStopped  local://1  {"n":1}',
    '  3  2023-11-14T22:13:22.000Z  ActorStarted  local://2  {"n":2}',
  ]);
  assertEquals(await table("audits"), [
    "SEQ  TIME                      SYSTEM  TOTAL  ALIVE  STOP  RESTART  LETTERS",
    "  4  2023-11-14T22:13:30.500Z  orders     12      0     0        0        0",
  ]);
  assertEquals(await table("dead-letters"), [
    "SEQ  TIME                      TYPE  TARGET  PAYLOAD",
    '  5  2023-11-14T22:13:32.000Z  Pong  -       {"a":[1,"ü"]}',
  ]);
  assertEquals((await table("records")).slice(3), [
    '  3  2023-11-14T22:13:22.000Z  event        ActorStarted  local://2  {"n":2}',
    "  4  2023-11-14T22:13:30.500Z  audit        -             -          " +
    "total=12 alive=0 stopping=0 restarting=0 dead_letters=0",
    '  5  2023-11-14T22:13:32.000Z  dead_letter  Pong          -          {"a":[1,"ü"]}',
  ]);
});

cliTest("-o table fits into as many columns as COLUMNS says", async (directory) => {
  const path = await storeOf(directory, [
    ...RECORDS,
    { kind: "event", eventType: "漢".repeat(90), actorAddress: "a".repeat(90) },
  ]);
  const args = ["inspect", "records", "--path", path, "-o", "table"];
  for (const width of [30, 80, 120]) {
    const table = await papyraOk(args, { env: { COLUMNS: String(width) } });
    const widths = table.trimEnd().split("\n").map(textWidth);
    assertEquals([widths.length, widths.every((found) => found <= width)], [7, true]);
    assert(Math.max(...widths) >= width - 1, "the room is used");
  }
  const nonsense = await papyraOk(args, { env: { COLUMNS: "wide" } });
  assertEquals(nonsense, await papyraOk(args));
});

cliTest("a store without records prints no ndjson, and says so to people", async (directory) => {
  const path = `${directory}/events.ndjson`;
  await Deno.writeTextFile(path, "");
  const printed = (format: string) => papyraOk(["inspect", "events", "--path", path, "-o", format]);
  assertEquals(await printed("ndjson"), "");
  for (const format of ["text", "table"]) {
    assertEquals(await printed(format), "No events recorded.\n");
  }
});

for (const format of LISTING_FORMATS) {
  cliTest(`-o ${format} leaves damaged lines out and does not hide them`, async (directory) => {
    const path = await damagedStore(directory);
    const { code, stdout, stderr } = await papyra(
      ["inspect", "events", "--path", path, "-o", format],
    );
    assertEquals([code, stdout.includes("ActorStoppeD")], [0, false]);
    assertEquals(
      stderr,
      "papyra: 1 damaged lines were passed over: run papyra persistence scan\n",
    );
  });
}
