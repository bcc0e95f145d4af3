import { join } from "node:path";
import {
  ANOMALY_SEVERITIES,
  type AnomalyCode,
  type JsonObject,
  type RecordInput,
} from "../../../mod.ts";
import { assertEquals } from "../../_assert.ts";
import { cliTest, papyra, papyraOk } from "../_papyra.ts";
import { storeOf } from "../_stores.ts";
import { type Handiwork, HANDIWORKS, handle } from "./_handiwork.ts";
import { codesOf, removedParts, scanOf, storedNumbers } from "./_observed.ts";

/** What is said of a store that went through an operator's hands. */
interface Trial {
  readonly handiwork: Handiwork;
  /** What may be found; anything of this that is an error makes the store unhealthy. */
  readonly found: readonly AnomalyCode[];
  /** The numbers of the events that can still be read. */
  readonly kept: readonly (number | null)[];
  /** What the events hold. @default {fields in alphabetical order} */
  readonly payload?: JsonObject;
}

const TEXT = 'ü ☃ \u{1f600} \u0001 \u007f \\ " / \u2028';
const NUMBERS = [1e21, 1e-7, 0.1 + 0.2, -0.5, 2 ** 53 - 1, 100, 1e100];
const SORTED = { a: TEXT, b: NUMBERS, c: { d: [{}, []], e: null } };
const UNSORTED = { b: 1, a: 2 };
const KEPT = [3, 4, 5, 6, 7];
const REWRITTEN = "REWRITTEN_BY_OTHER_TOOL";

const TRIALS: readonly Trial[] = [
  { handiwork: HANDIWORKS.again, found: [REWRITTEN], kept: KEPT },
  { handiwork: HANDIWORKS.again, found: [], kept: KEPT, payload: UNSORTED },
  { handiwork: HANDIWORKS.sorted, found: [REWRITTEN], kept: KEPT },
  { handiwork: HANDIWORKS.ascii, found: [REWRITTEN], kept: KEPT },
  { handiwork: HANDIWORKS.spaced, found: [REWRITTEN], kept: KEPT },
  {
    handiwork: HANDIWORKS.withoutFour,
    found: ["SEQUENCE_GAP", REWRITTEN],
    kept: [3, 5, 6, 7],
  },
  {
    handiwork: HANDIWORKS.withFourChanged,
    found: ["CHECKSUM_MISMATCH", REWRITTEN],
    kept: [3, 5, 6, 7],
  },
  // The order of the fields within a payload counts, and is gone.
  {
    handiwork: HANDIWORKS.sorted,
    found: ["CHECKSUM_MISMATCH", REWRITTEN],
    kept: [],
    payload: UNSORTED,
  },
  {
    handiwork: HANDIWORKS.newestFirst,
    found: ["OUT_OF_ORDER_SEQUENCE", "SEQUENCE_GAP", REWRITTEN],
    kept: KEPT.toReversed(),
  },
  {
    handiwork: HANDIWORKS.pretty,
    found: ["CORRUPTED_LINE", "NOT_A_RECORD", "SEQUENCE_GAP"],
    kept: [],
  },
];

for (const { handiwork, found, kept, payload = SORTED } of TRIALS) {
  const fields = payload === SORTED ? "" : " with fields in any order";
  const what = `a store${fields} that went through ${handiwork.command}`;
  cliTest(`${what} is read, written and mended`, async (directory) => {
    const path = await compactedStore(directory, payload);
    await handle(path, handiwork);
    const handled = await Deno.readFile(path);
    const scan = await scanOf(path);
    assertEquals(codesOf(scan).filter((code) => !found.includes(code)), []);
    assertEquals(scan.healthy, found.every((code) => ANOMALY_SEVERITIES[code] === "warning"));
    assertEquals(await storedNumbers(path), [...kept]);
    const seq = Number(await papyraOk(["record", "event", "--type", "After", "--path", path]));
    assertEquals([await storedNumbers(path), seq > 7], [[...kept, seq], true]);
    await expectRecovered(path, scan.healthy, handled);
    assertEquals(await storedNumbers(path), [...kept, seq]);
  });
}

cliTest("lines in another order are accepted where none was compacted away", async (directory) => {
  const path = await storeOf(directory, events(SORTED));
  await handle(path, HANDIWORKS.newestFirst);
  const { code, anomalies } = await scanOf(path);
  const others = anomalies.filter(({ code }) => code !== "OUT_OF_ORDER_SEQUENCE");
  assertEquals([code, others.filter(({ code }) => code !== REWRITTEN)], [0, []]);
  assertEquals(await storedNumbers(path), [7, 6, 5, 4, 3, 2, 1]);
  assertEquals(await papyraOk(["record", "event", "--type", "After", "--path", path]), "8\n");
});

cliTest("lines from which jq took numbers and checksums are accepted", async (directory) => {
  const path = await storeOf(directory, events(SORTED));
  await handle(path, HANDIWORKS.withoutNumbers);
  await Deno.remove(join(directory, ".events.ndjson.papyra"), { recursive: true });
  const { records, code } = await scanOf(path);
  assertEquals([code, records["event"]], [0, 7]);
  assertEquals(await papyraOk(["record", "event", "--type", "After", "--path", path]), "1\n");
});

async function expectRecovered(path: string, wasHealthy: boolean, handled: Uint8Array) {
  const { code, stdout } = await papyra(["persistence", "recover", "--path", path, "--json"]);
  const { receipt, removed_bytes } = JSON.parse(stdout);
  assertEquals([code, receipt === null], [0, wasHealthy]);
  const parts = receipt === null ? [] : await removedParts(path);
  assertEquals(parts.reduce((sum, { bytes }) => sum + bytes.length, 0), removed_bytes);
  for (const { offset, bytes } of parts) {
    assertEquals(bytes, handled.slice(offset, offset + bytes.length));
  }
}

/** Five events behind two that retention took away. */
async function compactedStore(directory: string, payload: JsonObject): Promise<string> {
  const path = await storeOf(directory, events(payload));
  await papyraOk(["persistence", "compact", "--path", path, "--max-records", "5", "--quiet"]);
  return path;
}

function events(payload: JsonObject): RecordInput[] {
  return Array.from({ length: 7 }, (_, n) => ({
    kind: "event",
    timestamp: 1_700_000_000.125 + n,
    eventType: "Ticked",
    actorAddress: { system: "local", actorId: n },
    payload,
  }));
}
