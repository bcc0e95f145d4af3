/**
 * Lines of stores, and what bad luck makes of them.
 *
 * @module
 */

import type { JsonObject, JsonValue, RecordInput } from "../../lib/model/record.ts";
import { encodeRecord } from "../../lib/model/wire.ts";
import { encodeCheckpoint } from "../../lib/storage/lines/checkpoint.ts";
import { sealLine } from "../../lib/storage/lines/line_codec.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes as text. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The line of a record of ours, without its newline. */
export function lineOf(record: RecordInput, seq: number): string {
  return sealLine(`${encodeRecord(record, () => 0).slice(0, -1)},"seq":${seq}`);
}

/** The line of an event with that number. */
export function eventLine(seq: number, payload: JsonObject = { n: seq }): string {
  return lineOf(
    {
      kind: "event",
      timestamp: 1_700_000_000 + seq / 8,
      systemId: "orders",
      actorAddress: `local://${seq}`,
      eventType: "ActorStarted",
      payload,
    },
    seq,
  );
}

/** A line as the original writes it. */
export function foreignLine(index: number, payload: JsonObject = { n: index }): string {
  return pythonDumps({
    kind: "event",
    system_id: "orders",
    actor_address: `local://${index}`,
    event_type: "ActorStarted",
    payload,
    timestamp: 1_700_000_000 + index / 8,
  });
}

/** JSON with the separators that Python puts. */
export function pythonDumps(value: JsonValue): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(pythonDumps).join(", ")}]`;
  const members = Object.entries(value).map(([name, member]) =>
    `${JSON.stringify(name)}: ${pythonDumps(member as JsonValue)}`
  );
  return `{${members.join(", ")}}`;
}

/** A value with the members of every object sorted by name, as `jq -S` puts them. */
export function sorted(value: JsonValue): JsonValue {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value as JsonObject).sort(([one], [other]) =>
    one < other ? -1 : 1
  );
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]));
}

const HARD_TEXT = 'a,"crc":"0774f658"}\n\\"\\\\\t\u2028 Zürich ☃ 漢字 😀 {"kind":"event"}';

/** Lines of every kind, with what payloads can hold that is hard. */
export const SAMPLE_LINES: { readonly [name: string]: string } = {
  event: eventLine(42),
  "unicode payload": eventLine(43, { text: HARD_TEXT, nested: { a: [1, 2.5, null, true, []] } }),
  "exponent numbers": eventLine(44, {
    numbers: [1e21, -1.5e-7, 5e-324, 1.7976931348623157e308, 0.1],
  }),
  "a trailer in the payload": eventLine(45, { raw: ',"crc":"', line: eventLine(1) }),
  "a record in the payload": eventLine(46, { kind: "event", record: JSON.parse(eventLine(2)) }),
  "records in the payload": eventLine(47, {
    records: [1, 2, 3].map((seq) => JSON.parse(eventLine(seq)) as JsonObject),
    last: JSON.parse(foreignLine(1)),
  }),
  "an end in the payload": eventLine(48, { text: '"}} rest', more: '\\"}},"x":1}' }),
  audit: lineOf({
    kind: "audit",
    timestamp: 1_700_000_000.123,
    totalActors: 12,
    aliveActors: 7,
    registryOrphans: ["a", "ü"],
    registryDead: ["{}"],
  }, 49),
  dead_letter: lineOf({
    kind: "dead_letter",
    timestamp: 0.5,
    target: { system: "local", actorId: 1 },
    messageType: "Ping",
    payload: [{ kind: "event" }, "seq", { seq: 1, crc: "0774f658" }],
  }, 50),
  "an address in parts": lineOf({
    kind: "dead_letter",
    timestamp: 9,
    target: { system: "local", actorId: 1 },
    messageType: "Ping",
  }, 51),
  checkpoint: encodeCheckpoint(
    { version: 1, from: 1, to: 51, count: 3, seqsCrc: 0x0012ab34, foreign: 2 },
    1_700_000_000.25,
  ),
};

/** Yields copies of `bytes`, each with one bit of the part from `from` to `to` flipped. */
export function* bitFlips(
  bytes: Uint8Array,
  from = 0,
  to: number = bytes.length,
): Generator<{ readonly flipped: Uint8Array; readonly at: number; readonly bit: number }> {
  const flipped = bytes.slice();
  for (let at = from; at < to; at++) {
    for (let bit = 0; bit < 8; bit++) {
      flipped[at]! ^= 1 << bit;
      yield { flipped, at, bit };
      flipped[at]! ^= 1 << bit;
    }
  }
}
