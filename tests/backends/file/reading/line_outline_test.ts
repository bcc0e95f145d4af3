import { join } from "node:path";
import { assertEquals } from "../../../_assert.ts";
import { Random } from "../../../_random.ts";
import { tempTest } from "../../../_temp.ts";
import {
  type OutlineQuery,
  outlinesOf,
  type RecordOutline,
} from "../../../../lib/backend/record_outline.ts";
import { openStore } from "../../../../lib/operations/open_store.ts";
import { sealLine } from "../../../../lib/storage/lines/line_codec.ts";
import type { PersistenceBackend } from "../../../../lib/backend/backend.ts";
import type { StoredRecord } from "../../../../lib/model/record.ts";

const LINES = 3000;
const NAMES = ["event_type", "message_type", "payload", "system_id", "x", 'event_type":"', "\\"];
const TEXTS = ["", "A", "Ship", '","event_type":"', 'event_type":"', "}{][", "\\", "\n", "Grüße"];

/** Writes JSON as others might: with escapes, with spaces, names more than once. */
class JsonWriter {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  text(text: string): string {
    const isEscaped = this.#random.below(8) === 0;
    if (!isEscaped || text === "") return JSON.stringify(text);
    const code = text.charCodeAt(0).toString(16).padStart(4, "0");
    return `"\\u${code}${JSON.stringify(text.slice(1)).slice(1)}`;
  }

  value(depth: number): string {
    const random = this.#random;
    const form = random.below(depth > 2 ? 4 : 6);
    if (form < 2) return this.text(random.pick(TEXTS));
    if (form < 4) return random.pick(["null", "true", "0", "-1.5e-7"]);
    const count = random.below(3);
    if (form === 4) return `[${Array.from({ length: count }, () => this.value(depth + 1))}]`;
    return `{${this.members(count, depth + 1)}}`;
  }

  members(count: number, depth = 0): string {
    const space = this.#random.pick(["", "", "", " "]);
    return Array.from({ length: count }, () => {
      const value = this.#random.below(2) === 0
        ? this.text(this.#random.pick(TEXTS))
        : this.value(depth);
      return `${this.text(this.#random.pick(NAMES))}${space}:${space}${value}`;
    }).join(`,${space}`);
  }
}

function randomLine(random: Random, seq: number): string {
  const kind = random.pick(["event", "audit", "dead_letter", "unheard_of"]);
  const timestamp = random.pick(["1.5", "null", '"x"', "1e3", "17000000000000000000"]);
  const members = new JsonWriter(random).members(random.below(6));
  const open = `{"kind":"${kind}","timestamp":${timestamp}${members === "" ? "" : `,${members}`}`;
  const sealed = sealLine(`${open},"seq":${seq}`);
  switch (random.below(10)) {
    case 0:
      return `${open}}`;
    case 1:
      return `${open}, "kind": "${kind}"}`;
    case 2:
      // Another tool put a space into it.
      return sealed.replace(",", ", ");
    case 3:
      return sealed.slice(0, random.below(sealed.length));
    default:
      return sealed;
  }
}

/** What is to be told of a record that was parsed. */
function outlineOf(record: StoredRecord): RecordOutline {
  const { kind, timestamp, seq } = record;
  if (kind === "audit") return { kind, timestamp, seq };
  if (kind === "event") return { kind, timestamp, seq, eventType: record.eventType };
  return { kind, timestamp, seq, messageType: record.messageType };
}

async function assertAgree(store: PersistenceBackend, query: OutlineQuery): Promise<void> {
  const outlines = (await Array.fromAsync(outlinesOf(store, query))).flat();
  const records = await Array.fromAsync(store.records(query.kinds, query));
  // Where a line was parsed after all, its record is handed on.
  assertEquals(outlines.map((one) => outlineOf(one as StoredRecord)), records.map(outlineOf));
}

tempTest("outlines of lines as others write them are what parsing tells", async (directory) => {
  const path = join(directory, "facts.ndjson");
  const random = new Random(1);
  const lines = Array.from({ length: LINES }, (_, index) => randomLine(random, index + 1));
  await Deno.writeTextFile(path, lines.map((line) => `${line}\n`).join(""));
  await using store = await openStore({ url: `file:${path}`, retention: { maxRecords: 400 } });
  for (
    const query of [
      { retention: {} },
      { retention: {}, reverse: true },
      {},
      { limit: 30 },
      { limit: 7, reverse: true },
      { kinds: ["dead_letter"], limit: 20 },
    ] as const
  ) await assertAgree(store, query);
});

tempTest("whoever reads outlines was handed no record", async (directory) => {
  await using store = await openStore(`file:${join(directory, "facts.ndjson")}`);
  await store.recordMany([
    { kind: "event", eventType: "A", timestamp: 1 },
    { kind: "audit", timestamp: 2 },
    { kind: "dead_letter", messageType: "Ship", timestamp: 3 },
  ]);
  assertEquals(await Array.fromAsync(outlinesOf(store)), [[
    { kind: "event", timestamp: 1, seq: 1, eventType: "A" },
    { kind: "audit", timestamp: 2, seq: 2 },
    { kind: "dead_letter", timestamp: 3, seq: 3, messageType: "Ship" },
  ]]);
  assertEquals((await store.metrics.snapshot()).records_read, 0);
});
