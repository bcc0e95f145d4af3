import type { AnomalyCode } from "../../../lib/model/anomaly.ts";
import type { JsonObject } from "../../../lib/model/record.ts";
import {
  classifyLine,
  type LineState,
  type LineVerdict,
  valueOf,
} from "../../../lib/storage/lines/line_classifier.ts";
import { sealLine } from "../../../lib/storage/lines/line_codec.ts";
import { assertEquals } from "../../_assert.ts";
import {
  bitFlips,
  bytesOf,
  eventLine,
  foreignLine,
  lineOf,
  pythonDumps,
  SAMPLE_LINES,
  sorted,
} from "../lines.ts";

function classify(text: string, isFirst = false): LineVerdict {
  return classifyLine(bytesOf(text), isFirst);
}

function parsed(line: string): JsonObject {
  return JSON.parse(line) as JsonObject;
}

Deno.test("classifyLine() finds lines of ours intact, with kind and number", () => {
  for (const [name, line] of Object.entries(SAMPLE_LINES)) {
    const { state, kind, seq } = classify(line);
    const { kind: kindThere, seq: seqThere = null } = parsed(line);
    assertEquals({ state, kind, seq }, { state: "intact", kind: kindThere, seq: seqThere }, name);
  }
});

Deno.test("classifyLine() accepts lines of the original, and what it does not know of them", () => {
  const lines = [
    foreignLine(1),
    '{"kind":"event"}',
    '{"timestamp": 1, "kind": "nobody knows"}',
    '{"kind": "event", "payload": {"seq": 1, "crc": "0774f658"}}',
    '{"kind": "event", "event_type": "\'\\u00fc"}',
  ];
  for (const line of lines) {
    const verdict = classify(line);
    assertEquals([verdict.state, verdict.seq, verdict.value], ["foreign", null, parsed(line)]);
  }
});

Deno.test("classifyLine() reads NaN and Infinity of Python as null, outside of strings", () => {
  const line =
    '{"kind": "event", "payload": {"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \\"Infinity"}}';
  const verdict = classify(line);
  assertEquals([verdict.state, verdict.hasNonFinite], ["foreign", true]);
  assertEquals(verdict.value?.payload, { a: null, b: [null, null], c: 'NaN "Infinity' });
  assertEquals(classify('{"kind": "event", "payload": NaNa}').state, "damaged");
  assertEquals(classify('{"kind": "event", "payload": "Infinity').state, "damaged");
});

Deno.test("classifyLine() tells strings from NaN, however they are escaped", () => {
  const texts = ["NaN", '"NaN', "\\\\", '\\"NaN', '", "x": NaN, "', "Infinity\\\\\\\\"];
  for (const text of texts) {
    const line = `{"kind": "event", "a": NaN, "payload": {"t": ${
      JSON.stringify(text)
    }}, "b": -Infinity}`;
    const verdict = classify(line);
    assertEquals([verdict.state, verdict.value?.payload], ["foreign", { t: text }]);
  }
});

Deno.test("classifyLine() gets along with a string of megabytes beside a NaN, whole and torn", () => {
  for (const part of ["x", '\\"', "\\\\"]) {
    const text = part.repeat(15_000_000 / part.length);
    const torn = `{"kind": "event", "a": NaN, "payload": {"text": "${text}`;
    assertEquals(classify(torn).code, "PARTIAL_WRITE");
    assertEquals(classify(`${torn}"}}`).state, "foreign");
  }
});

Deno.test("classifyLine() parses nothing that would take more memory than a line may", () => {
  const nested = `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`;
  const many = `[${"{},".repeat(200_000)}{}]`;
  for (const payload of [nested, many, nested.slice(0, 1_500_000)]) {
    for (const end of ["}", ',"seq":1,"crc":"00000000"}']) {
      assertEquals(classify(`{"kind":"event","payload":${payload}${end}`).code, "OVERSIZED_LINE");
    }
  }
});

Deno.test("classifyLine() passes over blank lines", () => {
  for (const line of ["", " ", "\t", "\r", " \t \r"]) assertEquals(classify(line).state, "blank");
});

const DAMAGED: readonly (readonly [name: string, line: string | Uint8Array, code: AnomalyCode])[] =
  [
    ["a number", "42", "NOT_A_RECORD"],
    ["an array", "[1]", "NOT_A_RECORD"],
    ["null", "null", "NOT_A_RECORD"],
    ["a string", '"kind"', "NOT_A_RECORD"],
    ["an object without a kind", "{}", "NOT_A_RECORD"],
    ["an object whose kind is no string", '{"kind":1}', "NOT_A_RECORD"],
    ["junk", "!!", "CORRUPTED_LINE"],
    ["a fragment", eventLine(1).slice(0, 40), "PARTIAL_WRITE"],
    ["a fragment's rest", eventLine(1).slice(40), "CHECKSUM_MISMATCH"],
    ["a NUL", `${eventLine(1)}\0`, "NUL_PADDING"],
    ["NULs only", "\0\0\0", "NUL_PADDING"],
    ["an invalid byte", new Uint8Array([0x7b, 0xff, 0x7d]), "INVALID_UTF8"],
    ["an overlong encoding", new Uint8Array([0xc0, 0xaf]), "INVALID_UTF8"],
    ["a surrogate", new Uint8Array([0xed, 0xa0, 0x80]), "INVALID_UTF8"],
    ["another letter", eventLine(1).replace("Started", "Stopped"), "CHECKSUM_MISMATCH"],
    ["a seq and no crc", '{"kind":"event","seq":1}', "CHECKSUM_MISMATCH"],
    ["a crc and no seq", '{"kind":"event","crc":"0774f658"}', "CHECKSUM_MISMATCH"],
    ["a crc that is none", '{"kind":"event","seq":1,"crc":1}', "CHECKSUM_MISMATCH"],
    ["a byte-order mark not at the start", `\ufeff${foreignLine(1)}`, "CORRUPTED_LINE"],
    ["two records on one line", eventLine(1) + eventLine(2), "CHECKSUM_MISMATCH"],
  ];

for (const [name, line, code] of DAMAGED) {
  Deno.test(`classifyLine() finds ${name} damaged: ${code}`, () => {
    const verdict = classifyLine(typeof line === "string" ? bytesOf(line) : line);
    assertEquals([verdict.state, verdict.code], ["damaged", code]);
  });
}

const REWRITERS: { readonly [name: string]: (line: string) => string } = {
  "json.dumps() of Python": (line) => pythonDumps(parsed(line)),
  "json.dumps() that escapes": (line) =>
    pythonDumps(parsed(line)).replace(
      /[\u0080-\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  "jq": (line) => ` ${JSON.stringify(parsed(line))}`,
  "jq -c -S": (line) => JSON.stringify(sorted(parsed(line))),
  "an editor with CRLF": (line) => `${line}\r`,
};

/** Samples whose payload has no order of members that sorting would take away. */
const SORTED_SAMPLES = Object.entries(SAMPLE_LINES).filter(([, line]) => {
  const { payload = null } = parsed(line);
  return JSON.stringify(sorted(payload)) === JSON.stringify(payload);
});

for (const [tool, rewrite] of Object.entries(REWRITERS)) {
  Deno.test(`classifyLine() accepts lines that ${tool} wrote again`, () => {
    for (const [name, line] of SORTED_SAMPLES) {
      const { state, kind, seq } = classify(rewrite(line));
      const { kind: kindThere, seq: seqThere = null } = parsed(line);
      assertEquals(
        { state, kind, seq },
        { state: "rewritten", kind: kindThere, seq: seqThere },
        `${name}: ${rewrite(line)}`,
      );
    }
  });
}

Deno.test("classifyLine() accepts numbers that other tools write in their own ways", () => {
  const line = eventLine(3, { n: [1e21, 1e-7, 100, 0.5] });
  const rewritten = pythonDumps(parsed(line)).replace("1e-7", "1e-07").replace("100", "1e2")
    .replace("1e+21", "1000000000000000000000.0");
  assertEquals(classify(rewritten).state, "rewritten");
});

Deno.test("classifyLine() finds a rewritten line damaged where its content changed", () => {
  const line = pythonDumps(parsed(eventLine(3)));
  for (
    const changed of [line.replace("Started", "Stopped"), line.replace('"seq": 3', '"seq": 4')]
  ) {
    assertEquals(classify(changed).code, "CHECKSUM_MISMATCH", changed);
  }
});

Deno.test("classifyLine() takes a byte-order mark on the first line only", () => {
  for (const [line, state] of [[eventLine(1), "rewritten"], [foreignLine(1), "foreign"]] as const) {
    const verdict = classify(`\ufeff${line}`, true);
    assertEquals([verdict.state, verdict.trace], [state, "a byte-order mark"]);
    assertEquals(classify(`\ufeff${line}`).state, "damaged");
  }
});

Deno.test("classifyLine() is not confused by names that every object has", () => {
  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    assertEquals(classify(`{"kind":"${name}","${name}":1}`).state, "foreign");
    assertEquals(classify(`{"kind":"${name}","seq":1,"crc":"00000000"}`).state, "damaged");
    const line = eventLine(1, { [name]: { [name]: 1 } });
    assertEquals(classify(pythonDumps(parsed(line))).state, "rewritten");
  }
});

Deno.test("valueOf() gives the object of every accepted line", () => {
  const line = eventLine(5, { text: "ü" });
  for (const text of [line, `\ufeff${line}`, `${line}\r`, `\ufeff${line}\r`, `  ${line}`]) {
    const bytes = bytesOf(text);
    assertEquals(valueOf(bytes, classifyLine(bytes, true)), parsed(line), JSON.stringify(text));
  }
});

Deno.test("valueOf() gives null for a line that is intact and no object", () => {
  const bytes = bytesOf(sealLine("junk"));
  assertEquals(valueOf(bytes, classifyLine(bytes)), null);
});

Deno.test("classifyLine() accepts no sample line with one bit flipped, wherever it stands", () => {
  const accepted: LineState[] = ["intact", "foreign", "rewritten", "blank"];
  const found: string[] = [];
  for (const [name, line] of Object.entries(SAMPLE_LINES)) {
    for (const { flipped, at, bit } of bitFlips(bytesOf(line))) {
      for (const isFirst of [false, true]) {
        const { state } = classifyLine(flipped, isFirst);
        if (accepted.includes(state)) found.push(`${name}: byte ${at} bit ${bit} is ${state}`);
      }
    }
  }
  assertEquals(found, []);
});

Deno.test("classifyLine() accepts no event with one bit flipped that other tools then rewrite", () => {
  const line = lineOf({ kind: "event", timestamp: 1, eventType: "A", payload: { n: 1e21 } }, 9);
  const found: string[] = [];
  for (const { flipped, at, bit } of bitFlips(bytesOf(line))) {
    const value = valueOf(flipped, classifyLine(bytesOf(line)));
    if (value === null || JSON.stringify(value) === line) continue;
    const { state } = classify(pythonDumps(value));
    if (state !== "damaged" && ("seq" in value || "crc" in value)) found.push(`${at} ${bit}`);
  }
  assertEquals(found, []);
});
