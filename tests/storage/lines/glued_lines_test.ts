import { splitGluedLine } from "../../../lib/storage/lines/glued_lines.ts";
import { classifyLine, type LineState } from "../../../lib/storage/lines/line_classifier.ts";
import { randomFrom } from "../../../lib/testing/samples.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { bytesOf, eventLine, foreignLine, SAMPLE_LINES, textOf } from "../lines.ts";

type Piece = readonly [text: string, state: LineState];

function split(bytes: Uint8Array): Piece[] {
  const pieces = splitGluedLine(bytes, classifyLine(bytes));
  // Together they are the line, in order, none empty.
  assertEquals(pieces[0]?.start, 0);
  assertEquals(pieces.at(-1)?.end, bytes.length);
  pieces.forEach(({ start, end }, index) => {
    assert(start < end);
    if (index > 0) assertEquals(start, pieces[index - 1]!.end);
  });
  return pieces.map(({ start, end, verdict }) => [
    textOf(bytes.subarray(start, end)),
    verdict.state,
  ]);
}

const A = eventLine(1);
const B = eventLine(2, { text: 'ü, "crc"' });
const F = foreignLine(1);
const G = foreignLine(2);
const R = '{"system_id": "orders", "event_type": "Started", "timestamp": 1.5, "kind": "event"}';
const TORN = A.slice(0, 70);
const TORN_IN_STRING = A.slice(0, A.indexOf("Started"));

/** What is glued together, and what it is taken apart into; a text alone is intact or foreign. */
const GLUED: readonly (readonly [name: string, pieces: readonly Piece[]])[] = [
  ["two lines of ours", [[A, "intact"], [B, "intact"]]],
  ["ten lines of ours", Array.from({ length: 10 }, (_, seq) => [eventLine(seq + 1), "intact"])],
  ["two of ours with a flipped newline between", [[A, "intact"], ["J", "damaged"], [B, "intact"]]],
  ["one of ours behind a torn one", [[TORN, "damaged"], [B, "intact"]]],
  ["one of ours behind one torn in a string", [[TORN_IN_STRING, "damaged"], [B, "intact"]]],
  ["a torn one behind one of ours", [[A, "intact"], [TORN, "damaged"]]],
  ["one of ours within junk and NULs", [["\0\0\0!!", "damaged"], [A, "intact"]]],
  ["one of ours before NULs", [[A, "intact"], ["\0\0\0", "damaged"]]],
  ["two of ours around a torn one", [[A, "intact"], [TORN, "damaged"], [B, "intact"]]],
  ["two lines of the original", [[F, "foreign"], [G, "foreign"]]],
  ["two of the original and a flipped newline", [[F, "foreign"], ["*", "damaged"], [G, "foreign"]]],
  ["one of the original before one of ours", [[F, "foreign"], [A, "intact"]]],
  ["one of ours before one of the original", [[A, "intact"], [F, "foreign"]]],
  [
    "one of the original behind one torn in a string",
    [[G.slice(0, G.indexOf("Started")), "damaged"], [F, "foreign"]],
  ],
  ["two lines of the original's rotating store", [[R, "foreign"], [R, "foreign"]]],
  [
    "one of the original's rotating store behind a torn one",
    [[R.slice(0, 35), "damaged"], [R, "foreign"]],
  ],
  ["a torn one behind one of the original", [[F, "foreign"], [G.slice(0, 30), "damaged"]]],
];

for (const [name, pieces] of GLUED) {
  Deno.test(`splitGluedLine() takes apart ${name}`, () => {
    assertEquals(split(bytesOf(pieces.map(([text]) => text).join(""))), [...pieces]);
  });
}

const WHOLE: { readonly [name: string]: string } = {
  junk: "!!",
  "a torn line": TORN,
  "a line whose checksum is wrong": A.replace("Started", "Stopped"),
  "a torn line whose payload holds a record":
    '{"kind": "event", "payload": {"a": {"kind": "event"}',
  "a torn line whose payload holds records":
    '{"kind": "event", "payload": [{"kind": "event"}, {"kind": "audit"}',
  "a torn line whose payload holds a record of a rotating store":
    `{"system_id": "orders", "payload": {"system_id": "x", "payload": ${R}`,
  "a line whose string shows an end": '{"kind":"event","x":"X"}} rest","seq":1,"crc":"00000000"}',
};

for (const [name, line] of Object.entries(WHOLE)) {
  Deno.test(`splitGluedLine() leaves ${name} in one piece`, () => {
    assertEquals(split(bytesOf(line)), [[line, "damaged"]]);
  });
}

Deno.test("splitGluedLine() finds the good line behind any part of a torn one", () => {
  for (const [name, sample] of Object.entries(SAMPLE_LINES)) {
    const torn = bytesOf(sample);
    const good = bytesOf(eventLine(99, { text: "ü" }));
    for (let length = 1; length < torn.length; length++) {
      const glued = new Uint8Array(length + good.length);
      glued.set(torn.subarray(0, length));
      glued.set(good, length);
      const last = splitGluedLine(glued, classifyLine(glued)).at(-1)!;
      assertEquals([last.start, last.verdict.seq], [length, 99], `${name} torn at ${length}`);
    }
  }
});

Deno.test("splitGluedLine() never takes a part of a torn line of the original for a record", () => {
  const lines = [
    foreignLine(1, { kind: "event", inner: { kind: "event", n: [1, { kind: "a" }] } }),
    R.replace('"Started"', `"Started", "payload": {"system_id": "x", "n": [1, ${R}], "kind": "a"}`),
  ].map(bytesOf);
  for (const line of lines) {
    for (let length = 1; length < line.length; length++) {
      const torn = line.subarray(0, length);
      const states = split(torn).map(([, state]) => state);
      assertEquals(states, ["damaged"], textOf(torn));
    }
  }
});

/** Hostile lines that are nothing but beginnings and ends. */
const HOSTILE: { readonly [name: string]: (repeat: number) => string } = {
  beginnings: (repeat) => '{"kind":"'.repeat(repeat),
  "beginnings in a string": (repeat) => `"${'{"kind":'.repeat(repeat)}`,
  "objects of an array": (repeat) => `{"kind":"event","payload":[${'{"kind":"x"},'.repeat(repeat)}`,
  ends: (repeat) => ',"crc":"00000000"}'.repeat(repeat),
  "beginnings and one end": (repeat) => `${'{"kind":"'.repeat(repeat)},"crc":"00000000"}`,
  braces: (repeat) => "{".repeat(repeat),
  "lines of the original without newlines": (repeat) => F.repeat(repeat / 10),
  "lines of ours without newlines, and a torn one": (repeat) => A.repeat(repeat / 10) + TORN,
};

for (const [name, make] of Object.entries(HOSTILE)) {
  Deno.test(`splitGluedLine() is done with a megabyte of ${name} in no time`, () => {
    const unit = make(1000).length / 1000;
    const bytes = bytesOf(make(Math.floor(1_000_000 / unit)));
    const verdict = classifyLine(bytes);
    const began = performance.now();
    splitGluedLine(bytes, verdict);
    const elapsed = performance.now() - began;
    assert(elapsed < 2000, `it took ${elapsed} ms`);
  });
}

Deno.test("splitGluedLine() never gives away a line that it was not given", () => {
  const random = randomFrom(7);
  const parts = [A, B, F, G, R, TORN, TORN_IN_STRING, "\0", "x", "{", '"', '{"kind":'];
  const good = new Set([A, B, F, G, R]);
  for (let round = 0; round < 3000; round++) {
    const count = 1 + Math.floor(random() * 5);
    const text = Array.from({ length: count }, () => parts[Math.floor(random() * parts.length)])
      .join("");
    const bytes = bytesOf(text);
    const verdict = classifyLine(bytes);
    if (verdict.state !== "damaged") continue;
    for (const [piece, state] of split(bytes)) {
      if (state !== "damaged") assert(good.has(piece), `${piece} is ${state} in ${text}`);
    }
  }
});
