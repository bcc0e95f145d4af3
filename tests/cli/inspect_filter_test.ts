import { assertEquals } from "../_assert.ts";
import type { RecordInput } from "../../lib/model/record.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { storeOf } from "./_stores.ts";

const seven = { system: "orders", actorId: 7 };

/** Nine records, whose numbers are 1 to 9 and whose times are 101 to 109. */
const RECORDS: readonly RecordInput[] = ([
  { kind: "event", eventType: "OrderPaid", actorAddress: "orders://7" },
  { kind: "event", eventType: "OrderSent", actorAddress: "orders:7" },
  { kind: "event", eventType: "OrderPaid", actorAddress: seven },
  { kind: "event", eventType: "OrderPaid", actorAddress: "orders://8" },
  { kind: "audit", totalActors: 3 },
  { kind: "dead_letter", messageType: "Pay", target: seven },
  { kind: "dead_letter", messageType: "Send", target: "orders:7" },
  { kind: "dead_letter", messageType: "Pay", target: "orders://8" },
  { kind: "dead_letter", messageType: "Pay" },
] as const).map((record, index) => ({ ...record, timestamp: 101 + index }));

/** Command lines, and the numbers of the records that they list. */
const CASES: readonly (readonly [args: string, seqs: readonly number[]])[] = [
  ["events", [1, 2, 3, 4]],
  ["events --type OrderPaid", [1, 3, 4]],
  ["events --event-type OrderPaid", [1, 3, 4]],
  ["events --type OrderPaid --type OrderSent --event-type Other", [1, 2, 3, 4]],
  ["events --type orderpaid", []],
  ["events --actor orders://7", [1, 2, 3]],
  ["events --actor orders:7 --actor orders:8", [1, 2, 3, 4]],
  ['events --actor {"system":"orders","actor_id":7}', [1, 2, 3]],
  ['events --actor {"system":"orders","actor_id":"7"}', [1, 2, 3]],
  ["events --type OrderPaid --actor orders:7 --limit 1", [3]],
  ["events --type OrderPaid --reverse --limit 2", [4, 3]],
  ["events --type OrderPaid --until 103 --limit 1", [3]],
  ["events --since 102 --until 103", [2, 3]],
  ["events --since 102.001 --until 102.999", []],
  ["events --after-seq 0", [1, 2, 3, 4]],
  ["events --after-seq 2 --type OrderPaid --limit 1 --reverse", [4]],
  ["events --after-seq 9", []],
  ["events --max-records 2 --type OrderPaid", [3, 4]],
  ["audits --after-seq 4", [5]],
  ["audits --after-seq 5", []],
  ["dead-letters --type Pay", [6, 8, 9]],
  ["dead-letters --target orders:7", [6, 7]],
  ["dead-letters --target orders:7 --type Pay --after-seq 5", [6]],
  ["dead-letters --target None", []],
];

for (const [args, seqs] of CASES) {
  cliTest(`inspect ${args} lists ${seqs.join(", ") || "nothing"}`, async (directory) => {
    const path = await storeOf(directory, RECORDS);
    const text = await papyraOk(["inspect", ...args.split(" "), "--path", path, "--json"]);
    const { records } = JSON.parse(text) as { records: { seq: number }[] };
    assertEquals(records.map(({ seq }) => seq), seqs);
  });
}

cliTest("--after-seq passes over what an original store wrote", async (directory) => {
  const path = `${directory}/events.ndjson`;
  await Deno.writeTextFile(path, '{"kind": "event", "timestamp": 1, "event_type": "Old"}\n');
  await papyraOk(["record", "event", "--path", path, "--type", "New", "--timestamp", "2"]);
  const listed = (...args: string[]) => papyraOk(["inspect", "events", "--path", path, ...args]);
  assertEquals(await listed(), "[1.000] Old \n[2.000] New \n");
  assertEquals(await listed("--after-seq", "0"), "[2.000] New \n");
});

cliTest("damaged lines are told beside what a filter finds", async (directory) => {
  const path = await storeOf(directory, RECORDS);
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace("OrderSent", "OrderSenT"));
  const args = ["inspect", "events", "--path", path, "--type", "OrderPaid"];
  const { code, stdout, stderr } = await papyra(args);
  assertEquals([code, stdout.trimEnd().split("\n").length], [0, 3]);
  assertEquals(stderr, "papyra: 1 damaged lines were passed over: run papyra persistence scan\n");
});
