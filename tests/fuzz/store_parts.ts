/**
 * Random stores: records of ours, lines of the original, compactions, and what other tools do to them;
 * in one file, or in several that were sealed or that another tool rotated.
 *
 * @module
 */

import fc from "fast-check";
import { JsonFilePersistence } from "../../lib/backends/file/json_file_persistence.ts";
import { RotatingFilePersistence } from "../../lib/backends/file/rotating_file_persistence.ts";
import type { ActorAddress, JsonObject, JsonValue, RecordInput } from "../../lib/model/record.ts";
import { eventLine, pythonDumps } from "../storage/lines.ts";
import { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { fieldsOf, splitLines } from "./oracle.ts";
import { filesInOrder, filesOn, STORE_PATH } from "./store_files.ts";

/** The moment at which the clocks of all stores stand, Unix seconds. */
export const NOW = 1_700_000_000;

// Longer ones are those of segments.
const ROTATED_SUFFIX_MAX = 7;

/** How another tool writes lines of ours again. */
export type Rewriting = "python" | "sorted" | "ascii" | "crlf" | "mark";

/** What a store is made of. */
export type StorePart =
  | { readonly does: "record"; readonly record: RecordInput }
  /** A line that somebody else wrote. */
  | { readonly does: "foreign"; readonly line: string }
  | { readonly does: "compact"; readonly maxRecords: number }
  /** Records that together take more than a reader reads at once. */
  | { readonly does: "bulk"; readonly count: number }
  /** The active file becomes a segment. */
  | { readonly does: "seal" }
  /** Another tool rotates the file, as the original does, which knows no segments. */
  | { readonly does: "rotateAway" }
  /** Another tool writes every nth line of each file again. */
  | { readonly does: "rewrite"; readonly how: Rewriting; readonly every: number };

/** Makes a store of parts; its files are closed and whole. */
export async function buildStore(parts: readonly StorePart[]): Promise<MemoryFileSystem> {
  const disk = new MemoryFileSystem();
  disk.put(STORE_PATH, "");
  for (let index = 0; index < parts.length;) {
    const part = parts[index]!;
    if (part.does === "record") {
      const records = runOfRecords(parts.slice(index));
      await withStore(disk, (store) => store.recordMany(records));
      index += records.length;
      continue;
    }
    if (part.does === "bulk") await withStore(disk, (store) => store.recordMany(bulk(part.count)));
    if (part.does === "compact") await compact(disk, part.maxRecords);
    if (part.does === "foreign") append(disk, `${part.line}\n`);
    if (part.does === "seal") await seal(disk);
    if (part.does === "rotateAway") await rotateAway(disk);
    if (part.does === "rewrite") await rewrite(disk, part.how, part.every);
    index++;
  }
  return disk;
}

/** Opens a store for one thing to be done. */
export async function withStore<T>(
  disk: MemoryFileSystem,
  body: (store: JsonFilePersistence) => Promise<T>,
): Promise<T> {
  await using store = new JsonFilePersistence(STORE_PATH, { fileSystem: disk, clock: () => NOW });
  return await body(store);
}

function runOfRecords(parts: readonly StorePart[]): RecordInput[] {
  const end = parts.findIndex(({ does }) => does !== "record");
  return parts.slice(0, end === -1 ? parts.length : end)
    .flatMap((part) => part.does === "record" ? [part.record] : []);
}

function bulk(count: number): RecordInput[] {
  const payload = { text: "0123456789".repeat(150) };
  return Array.from({ length: count }, (_, index) => ({
    kind: "event",
    timestamp: NOW - count + index,
    eventType: `Bulk${index}`,
    payload,
  }));
}

async function compact(disk: MemoryFileSystem, maxRecords: number): Promise<void> {
  await withStore(disk, (store) => store.compact({ retention: { maxRecords } }));
}

async function seal(disk: MemoryFileSystem): Promise<void> {
  const options = { fileSystem: disk, clock: () => NOW };
  await using store = new RotatingFilePersistence(STORE_PATH, options);
  await store.rotate();
}

// Highest number first, so that no name is taken.
async function rotateAway(disk: MemoryFileSystem): Promise<void> {
  const files = await filesOn(disk);
  if (Object.keys(files).some((suffix) => suffix.length > ROTATED_SUFFIX_MAX)) return;
  for (const { path } of filesInOrder(files)) {
    const number = Number(path.slice(STORE_PATH.length + 1));
    await disk.rename(path, `${STORE_PATH}.${number + 1}`);
  }
}

function append(disk: MemoryFileSystem, text: string): void {
  const before = disk.stat(STORE_PATH) === null ? new Uint8Array(0) : disk.get(STORE_PATH);
  disk.put(STORE_PATH, joined([before, new TextEncoder().encode(text)]));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

const REWRITE: { readonly [R in Rewriting]: (line: string, index: number) => string } = {
  python: (line) => pythonDumps(JSON.parse(line)),
  sorted: (line) => pythonDumps(sortedTop(JSON.parse(line))),
  ascii: (line) =>
    pythonDumps(JSON.parse(line)).replaceAll(
      /[^\0-\x7f]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  crlf: (line) => `${line}\r`,
  mark: (line, index) => index === 0 ? `\ufeff${line}` : line,
};

async function rewrite(
  disk: MemoryFileSystem,
  how: Rewriting,
  every: number,
): Promise<void> {
  for (const { path, bytes } of filesInOrder(await filesOn(disk))) {
    disk.put(path, rewritten(bytes, how, every));
  }
}

function rewritten(file: Uint8Array, how: Rewriting, every: number): Uint8Array {
  const lines = splitLines(file).map((line, index) => {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(line);
    // What was written again once stays as it is: another pass would only change its marks.
    const isOurs = fieldsOf(line)?.crc !== undefined && text.startsWith('{"kind":"') &&
      text.endsWith('"}');
    if (!isOurs || index % every !== 0) return line;
    return new TextEncoder().encode(REWRITE[how](text, index));
  });
  return joined(lines.flatMap((line) => [line, new Uint8Array([0x0a])]));
}

function sortedTop(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).sort(([one], [other]) => one < other ? -1 : 1),
  );
}

const HARD_TEXTS = [
  "",
  'a,"crc":"0774f658"}',
  ',"crc":"',
  '{"kind":"event","timestamp":1}',
  '"}} rest',
  '\\"}},"x":1}',
  "line\nbreak\r\n\0\ttab",
  "\u2028\ufeffZürich ☃ 漢字 😀",
  "\ud800 alone",
  "NaN, Infinity",
  "J",
];

const HARD_PAYLOADS: readonly JsonObject[] = [
  { kind: "event" },
  { seq: 1, crc: "0774f658", kind: "event" },
  { record: JSON.parse(eventLine(1)) },
  { records: [1, 2, 3].map((seq) => JSON.parse(eventLine(seq)) as JsonObject) },
  { original: [{ kind: "event", payload: { kind: "audit" } }, { kind: "event" }] },
  JSON.parse('{"__proto__":{"kind":"event"},"constructor":1,"10":1,"2":{"":null}}'),
  { numbers: [1e21, -1.5e-7, 5e-324, 1.7976931348623157e308, 0.1, 9007199254740993] },
];

const text = fc.oneof(
  fc.constantFrom(...HARD_TEXTS),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const json = fc.jsonValue({ maxDepth: 2, stringUnit: "binary" }) as fc.Arbitrary<JsonValue>;
const payload: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 99 }).map((n) => ({ n })) },
  { weight: 2, arbitrary: text.map((value) => ({ text: value })) },
  { weight: 3, arbitrary: fc.constantFrom(...HARD_PAYLOADS) },
  { weight: 1, arbitrary: fc.dictionary(text, json, { maxKeys: 3 }) as fc.Arbitrary<JsonObject> },
);
const timestamp = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -60, max: 10 }).map((age) => NOW + age) },
  { weight: 3, arbitrary: fc.integer({ min: -60000, max: 9000 }).map((age) => NOW + age / 1000) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1.5, 1e21, 1e-7, 0.1 + 0.2, 1700000000.1234567) },
);
const address: fc.Arbitrary<ActorAddress> = fc.oneof(
  fc.constantFrom("local://1", ""),
  fc.record({ system: fc.constantFrom("local", "ü"), actorId: fc.oneof(fc.nat({ max: 9 }), text) }),
);

const record: fc.Arbitrary<RecordInput> = fc.oneof(
  {
    weight: 3,
    arbitrary: shape({
      kind: one("event"),
      timestamp,
      eventType: fc.oneof(fc.constantFrom("ActorStarted", "J*:"), text),
      actorAddress: address,
      payload,
    }),
  },
  {
    weight: 1,
    arbitrary: shape({
      kind: one("audit"),
      timestamp,
      totalActors: fc.nat({ max: 99 }),
      registryDead: fc.array(text, { maxLength: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: shape({
      kind: one("dead_letter"),
      timestamp,
      target: fc.option<ActorAddress, null>(address),
      messageType: text,
      payload: fc.oneof(payload, json),
    }),
  },
);

const FOREIGN_LINES = [
  '{"kind": "event"}',
  '{"kind": "event", "timestamp": NaN, "payload": {"load": -Infinity, "text": "NaN"}}',
  '{"kind": "metric", "timestamp": 1700000000.5, "value": 1}',
  '{"timestamp": 1699999990.25, "payload": {"kind": "event", "seq": 1}, "kind": "dead_letter"}',
  '{"kind":"audit","timestamp":1699999999,"total_actors":3}',
  '  {"kind": "event", "event_type": "Hand edited" }  ',
];

const foreignLine = fc.oneof(
  fc.constantFrom(...FOREIGN_LINES),
  fc.record({ event_type: text, payload, timestamp }).map((fields) =>
    pythonDumps({ kind: "event", system_id: "local", ...fields })
  ),
);

const part: fc.Arbitrary<StorePart> = fc.oneof(
  { weight: 120, arbitrary: shape({ does: one("record"), record }) },
  { weight: 30, arbitrary: shape({ does: one("foreign"), line: foreignLine }) },
  { weight: 10, arbitrary: shape({ does: one("compact"), maxRecords: fc.nat({ max: 5 }) }) },
  {
    weight: 10,
    arbitrary: shape({
      does: one("rewrite"),
      how: fc.constantFrom<Rewriting>("python", "sorted", "ascii", "crlf", "mark"),
      every: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: shape({ does: one("bulk"), count: fc.integer({ min: 1, max: 90 }) }) },
);

const partOfSeveral: fc.Arbitrary<StorePart> = fc.oneof(
  { weight: 8, arbitrary: part },
  { weight: 3, arbitrary: shape({ does: one("seal") }) },
);
const partRotatedAway: fc.Arbitrary<StorePart> = fc.oneof(
  { weight: 5, arbitrary: part },
  { weight: 1, arbitrary: shape({ does: one("rotateAway") }) },
);

/** The parts of a random store of several files, most of them segments. */
export const anyStoreInSegments: fc.Arbitrary<readonly StorePart[]> = fc.array(partOfSeveral, {
  maxLength: 20,
});

/** The parts of a random store: one file, or several. */
export const anyStore: fc.Arbitrary<readonly StorePart[]> = fc.oneof(
  { weight: 3, arbitrary: fc.array(part, { maxLength: 14 }) },
  { weight: 4, arbitrary: anyStoreInSegments },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.array(partRotatedAway, { maxLength: 10 }),
      fc.array(partOfSeveral, { maxLength: 10 }),
    ).map((parts) => parts.flat()),
  },
);

function one<const T extends string>(value: T): fc.Arbitrary<T> {
  return fc.constant(value);
}

function shape<T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(members) as fc.Arbitrary<T>;
}
