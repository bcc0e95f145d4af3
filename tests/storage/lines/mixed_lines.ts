/**
 * Files of many lines, most of them plain, with everything in between that is not.
 *
 * @module
 */

import { encodeCheckpoint } from "../../../lib/storage/lines/checkpoint.ts";
import { sealLine } from "../../../lib/storage/lines/line_codec.ts";
import type { Random } from "../../_random.ts";
import { eventLine, foreignLine, lineOf } from "../lines.ts";

type Odd = (seq: number, random: Random) => string;

const ODD_LINES: readonly Odd[] = [
  (seq) => foreignLine(seq),
  (seq) => `${eventLine(seq)}\r`,
  (seq) => eventLine(seq).replace("orders", "others"),
  (seq) => eventLine(seq).slice(0, 40),
  (seq) => eventLine(seq) + eventLine(seq + 1),
  (seq) => JSON.stringify(JSON.parse(eventLine(seq)), null, " ").replaceAll("\n", ""),
  (seq) => eventLine(Math.max(1, seq - 3)),
  () => "",
  () => "  \t",
  () => "\0\0\0\0",
  (seq) => sealLine(`{"kind":"snapshot","timestamp":1,"seq":${seq}`),
  (seq) => sealLine(`{"kind":"event","timestamp":null,"event_type":"A","payload":{},"seq":${seq}`),
  (seq) => sealLine(`{"kind":"event","timestamp":1,"event_type":"A","payload":{},"seq":00${seq}`),
  () => sealLine('{"kind":"event","timestamp":1,"event_type":"A","payload":{}'),
  (seq) => eventLine(seq, { text: "x".repeat(200_000) }),
  (seq, random) =>
    encodeCheckpoint({
      version: 1,
      from: random.pick([1, seq]),
      to: seq,
      count: seq,
      seqsCrc: 7,
      foreign: 0,
    }, 1),
];

const EXACT_TIMES: readonly ((seq: number) => number)[] = [
  (seq) => seq,
  (seq) => seq / 8,
  (seq) => 1_700_000_000 + seq / 1000,
];
// Those that only a decoder reads exactly.
const ALL_TIMES = [...EXACT_TIMES, () => -1.5, () => 1e21, () => 5e-7];

/** The text of such a file of about so many lines; the last one may lack its newline. */
export function mixedLines(random: Random, count: number): string {
  const oddShare = random.pick([0, 0.002, 0.05, 0.5]);
  const times = random.pick([EXACT_TIMES, ALL_TIMES]);
  let seq = random.pick([1, 1, 9_990, 2 ** 40]);
  let text = "";
  for (let index = 0; index < count; index++) {
    text += random.next() < oddShare
      ? `${random.pick(ODD_LINES)(seq, random)}\n`
      : `${plainLine(seq, random.pick(times)(seq), random)}\n`;
    // Now and then a number is missing, or stays.
    seq += random.next() < oddShare / 2 ? random.below(3) : 1;
  }
  return random.below(4) === 0 ? text.slice(0, -1) : text;
}

function plainLine(seq: number, timestamp: number, random: Random): string {
  switch (random.below(4)) {
    case 0:
      return lineOf({ kind: "audit", timestamp, totalActors: random.below(100) }, seq);
    case 1:
      return lineOf({ kind: "dead_letter", timestamp, messageType: "Ping" }, seq);
    default:
      return lineOf({ kind: "event", timestamp, eventType: "A", payload: { n: seq } }, seq);
  }
}
