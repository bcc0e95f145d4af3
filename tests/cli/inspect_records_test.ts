import { assertEquals } from "../_assert.ts";
import type { RecordInput } from "../../lib/model/record.ts";
import { cliTest, papyraOk } from "./_papyra.ts";
import { storeOf } from "./_stores.ts";

const RECORDS: readonly RecordInput[] = [
  { kind: "event", timestamp: 1, eventType: "Paid", actorAddress: "orders://7" },
  { kind: "dead_letter", timestamp: 2, messageType: "Pay", payload: { a: 1 } },
  { kind: "audit", timestamp: 3, totalActors: 3, aliveActors: 2 },
  { kind: "event", timestamp: 4, eventType: "Sent", actorAddress: "orders://7" },
  { kind: "dead_letter", timestamp: 5, messageType: "Paid", target: "orders://7" },
  { kind: "event", timestamp: 6, eventType: "Paid", actorAddress: "orders://8" },
];

async function inspected(path: string, args: string): Promise<string> {
  return await papyraOk(["inspect", "records", "--path", path, ...args.split(" ")]);
}

cliTest("inspect records lists every kind in the order of the store", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  const lines = [
    "[1.000] event Paid orders://7",
    '[2.000] dead_letter target=None type=Pay payload={"a":1}',
    "[3.000] audit total=3 alive=2 stopping=0 restarting=0 dead_letters=0",
    "[4.000] event Sent orders://7",
    "[5.000] dead_letter target=orders://7 type=Paid payload=null",
    "[6.000] event Paid orders://8",
  ];
  assertEquals((await inspected(path, "-o text")).trimEnd().split("\n"), lines);
  const reversed = (await inspected(path, "--reverse --limit 2")).trimEnd().split("\n");
  assertEquals(reversed, lines.slice(-2).toReversed());
  assertEquals(await inspected(path, "--after-seq 6"), "No records recorded.\n");
});

/** Command lines, and the numbers of the records that they list. */
const CASES: readonly (readonly [args: string, seqs: readonly number[]])[] = [
  ["--kind event", [1, 4, 6]],
  ["--kind dead-letter --kind AUDIT", [2, 3, 5]],
  ["--type Paid", [1, 5, 6]],
  ["--type Paid --kind event --limit 1", [6]],
  ["--actor orders:7", [1, 4]],
  ["--target orders:7", [5]],
  ["--since 2 --until 4 --after-seq 2", [3, 4]],
  ["--max-records 1", [3, 5, 6]],
  ["--max-records 1 --kind event --kind audit", [3, 6]],
];

for (const [args, seqs] of CASES) {
  cliTest(`inspect records ${args} lists ${seqs.join(", ")}`, async (directory) => {
    const path = await storeOf(directory, RECORDS);
    const document = JSON.parse(await inspected(path, `${args} --json`));
    assertEquals(document.schema, "papyra.records/v1");
    assertEquals(document.records.map(({ seq }: { seq: number }) => seq), seqs);
  });
}

cliTest(
  "limits of inspect records go before those of the config for its kinds",
  async (directory) => {
    const path = await storeOf(directory, RECORDS);
    const config = `${directory}/papyra.json`;
    const retention = { by_kind: { event: { max_records: 2 }, dead_letter: { max_records: 1 } } };
    await Deno.writeTextFile(config, JSON.stringify({ retention }));
    const count = async (args: string) =>
      (await inspected(path, `--config ${config} ${args}`)).trimEnd().split("\n").length;
    assertEquals(await count("-o text"), 2 + 1 + 1);
    assertEquals(await count("--kind event --max-records 1"), 1);
    assertEquals(await count("--kind event --kind dead_letter --max-records 3"), 3 + 2);
  },
);
