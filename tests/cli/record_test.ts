import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "../_assert.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";

cliTest(
  "record writes one record of each kind and prints its sequence number",
  async (directory) => {
    const path = join(directory, "events.ndjson");
    const record = (...args: string[]) => papyraOk(["record", ...args, "--path", path]);
    const payload = '{"n":1,"text":"☃"}';
    assertEquals(
      await record("event", "--type", "Started", "--actor", "local://1", "--payload", payload),
      "1\n",
    );
    const audit = ["audit", "--total-actors", "3", "--alive-actors", "2"];
    assertEquals(await record(...audit, "--registry-dead", "a", "--registry-dead", "b"), "2\n");
    const letter = ["dead-letter", "--type", "Ping", "--target", "local://7", "--payload=-1.5"];
    assertEquals(await record(...letter, "--system-id", "orders", "--timestamp", "5.25"), "3\n");

    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    const [event, auditLine, letterLine] = lines;
    assertEquals([event.kind, event.seq, event.payload], ["event", 1, JSON.parse(payload)]);
    assert(Math.abs(event.timestamp - Date.now() / 1000) < 60);
    assertEquals([auditLine.total_actors, auditLine.registry_dead], [3, ["a", "b"]]);
    assertEquals([letterLine.system_id, letterLine.timestamp], ["orders", 5.25]);
    assertEquals([letterLine.target, letterLine.payload], ["local://7", -1.5]);
  },
);

cliTest("record --json tells store, kind and seq", async (directory) => {
  const path = join(directory, "events.ndjson");
  const args = ["record", "event", "--type", "T", "--path", path, "--json"];
  assertEquals(JSON.parse(await papyraOk(args)), {
    schema: "papyra.record/v1",
    store: path,
    kind: "event",
    seq: 1,
  });
});

/** Payloads that cannot be taken, and what is said of them. */
const PAYLOADS: readonly (readonly [payload: string, message: RegExp])[] = [
  ["{bad", /Cannot read the payload: not JSON/],
  ["NaN", /Cannot read the payload: not JSON/],
  ['{"n":9007199254740993}', /number 9007199254740993 would be rounded/],
  ["[1]", /the payload of an event must be an object/],
];

for (const [payload, message] of PAYLOADS) {
  cliTest(`record refuses the payload ${payload} with exit code 65`, async (directory) => {
    const path = join(directory, "events.ndjson");
    const args = ["record", "event", "--type", "T", "--path", path, "--payload", payload];
    const { code, stdout, stderr } = await papyra(args);
    assertEquals({ code, stdout }, { code: 65, stdout: "" });
    assertMatch(stderr, message);
    assertEquals([...Deno.readDirSync(directory)], []);
  });
}

cliTest("record takes every durability", async (directory) => {
  const path = join(directory, "events.ndjson");
  for (const [index, durability] of ["always", "interval:50", "os"].entries()) {
    const args = ["record", "event", "--type", "T", "--path", path, "--durability", durability];
    assertEquals(await papyraOk(args), `${index + 1}\n`);
  }
});
