/**
 * What bad luck makes of stores: parts that are good and have to stay, and parts that are damage.
 *
 * @module
 */

import type { AnomalyCode } from "../../../../lib/model/anomaly.ts";
import { bytesOf, eventLine, foreignLine } from "../../../storage/lines.ts";
import { checkpointLine } from "../_stores.ts";

/** A part of a store that is damage, with the code by which it has to be found. */
export interface Damage {
  readonly code: AnomalyCode;
  readonly bytes: Uint8Array;
}

/** A part of a store: damage, or good bytes. */
export type Part = string | Damage;

/** A store that something happened to. */
export interface Corruption {
  readonly name: string;
  readonly parts: readonly Part[];
  /** What else is found, and before which part. */
  readonly alsoFound?: readonly (readonly [code: AnomalyCode, part: number])[];
  /** What is found afterwards, too; a warning. */
  readonly staysFound?: readonly AnomalyCode[];
  /** The number of the next record. */
  readonly nextSeq: number;
}

const [A, B, C, D, E] = [1, 2, 3, 4, 5].map((seq) =>
  `${eventLine(seq, { text: `ü ${seq}` })}\n`
) as [
  string,
  string,
  string,
  string,
  string,
];
const [P, Q, R] = [1, 2, 3].map((index) => `${foreignLine(index, { text: "ü" })}\n`) as [
  string,
  string,
  string,
];

function bad(code: AnomalyCode, content: string | readonly number[]): Damage {
  const bytes = typeof content === "string" ? bytesOf(content) : new Uint8Array(content);
  return { code, bytes };
}

function cut(line: string, length: number): string {
  return line.slice(0, length);
}

/** A line of which one byte is no UTF-8. */
function invalid(line: string): Damage {
  const bytes = bytesOf(line);
  bytes[bytes.length - 40] = 0xff;
  return { code: "INVALID_UTF8", bytes };
}

/** A line that ends in the middle of a character. */
function halfCharacter(line: string): Damage {
  const bytes = bytesOf(line);
  return { code: "TRUNCATED_LINE", bytes: bytes.subarray(0, bytes.indexOf(0xc3) + 1) };
}

const CHANGED = C.replace("Started", "Stopped");
const NULS = "\0".repeat(4096);

/** Stores that are damaged. */
export const CORRUPTIONS: readonly Corruption[] = [
  {
    name: "a torn tail",
    parts: [A, B, bad("TRUNCATED_LINE", cut(C, 40))],
    nextSeq: 4,
  },
  {
    name: "a tail that is torn within a character",
    parts: [A, B, halfCharacter(C)],
    nextSeq: 4,
  },
  {
    name: "a tail of one byte",
    parts: [A, B, bad("TRUNCATED_LINE", "{")],
    nextSeq: 4,
  },
  {
    name: "a torn tail of the original",
    parts: [P, Q, bad("TRUNCATED_LINE", cut(R, 40))],
    nextSeq: 1,
  },
  {
    name: "a torn record with a good one glued behind it",
    parts: [A, B, bad("PARTIAL_WRITE", cut(C, 40)), D, E],
    nextSeq: 6,
  },
  {
    name: "a torn record of the original with a good one of ours glued behind it",
    parts: [P, bad("PARTIAL_WRITE", cut(Q, 50)), A, B],
    nextSeq: 3,
  },
  {
    name: "a torn record of the original with a good one of its own glued behind it",
    parts: [P, bad("PARTIAL_WRITE", cut(Q, Q.indexOf("Started"))), R],
    nextSeq: 1,
  },
  {
    name: "a torn record with two good ones glued behind it, without a newline at the end",
    parts: [A, bad("PARTIAL_WRITE", cut(B, 60)), C.trimEnd(), D.trimEnd()],
    alsoFound: [["PARTIAL_WRITE", 3]],
    nextSeq: 5,
  },
  {
    name: "a lost newline",
    parts: [A, B.trimEnd(), C, D],
    alsoFound: [["PARTIAL_WRITE", 2]],
    nextSeq: 5,
  },
  {
    name: "a lost newline between two of the original",
    parts: [P, Q.trimEnd(), R],
    alsoFound: [["PARTIAL_WRITE", 2]],
    nextSeq: 1,
  },
  {
    name: "a newline with a flipped bit",
    parts: [A, B.trimEnd(), bad("CORRUPTED_LINE", "J"), C, D],
    nextSeq: 5,
  },
  {
    name: "a line that a stray newline cuts in two",
    parts: [A, bad("PARTIAL_WRITE", `${cut(B, 30)}\n`), bad("CHECKSUM_MISMATCH", B.slice(30)), C],
    nextSeq: 4,
  },
  {
    name: "NULs in place of a record, with a good one glued behind them",
    parts: [A, bad("NUL_PADDING", NULS), C, D],
    nextSeq: 5,
  },
  {
    name: "NULs within a record",
    parts: [A, bad("NUL_PADDING", `${cut(B, 30)}${NULS}${B.slice(30)}`), C],
    nextSeq: 4,
  },
  {
    name: "NULs at the tail",
    parts: [A, B, bad("NUL_PADDING", NULS)],
    nextSeq: 4,
  },
  {
    name: "NULs behind a good record",
    parts: [A, B.trimEnd(), bad("NUL_PADDING", NULS)],
    nextSeq: 4,
  },
  {
    name: "invalid UTF-8",
    parts: [A, invalid(B), C],
    nextSeq: 4,
  },
  {
    name: "invalid UTF-8 in a line of the original",
    parts: [P, invalid(Q), R],
    nextSeq: 1,
  },
  {
    name: "scalars, arrays and objects without a kind",
    parts: [
      A,
      bad("NOT_A_RECORD", "42\n"),
      bad("NOT_A_RECORD", '["kind"]\n'),
      B,
      bad("NOT_A_RECORD", "{}\n"),
      bad("NOT_A_RECORD", "null"),
    ],
    nextSeq: 5,
  },
  {
    name: "junk",
    parts: [
      bad("CORRUPTED_LINE", "!#/bin/sh\n"),
      A,
      bad("INVALID_UTF8", [0x89, 0x50, 0x4e, 0x0a]),
      B,
    ],
    nextSeq: 3,
  },
  {
    name: "nothing but junk",
    parts: [bad("CORRUPTED_LINE", "one\n"), bad("CORRUPTED_LINE", "two")],
    nextSeq: 1,
  },
  {
    name: "a changed record at the start",
    parts: [bad("CHECKSUM_MISMATCH", A.replace("Started", "Stopped")), B, C],
    nextSeq: 4,
  },
  {
    name: "a changed record at the end",
    parts: [A, B, bad("CHECKSUM_MISMATCH", CHANGED)],
    nextSeq: 4,
  },
  {
    name: "nothing but changed records",
    parts: [A, B, C].map((line) => bad("CHECKSUM_MISMATCH", line.replace("Started", "Stopped"))),
    nextSeq: 4,
  },
  {
    name: "a range that stands there twice",
    parts: [
      A,
      B,
      C,
      bad("DUPLICATE_SEQUENCE", B),
      bad("DUPLICATE_SEQUENCE", C),
      D,
      bad("DUPLICATE_SEQUENCE", A),
    ],
    nextSeq: 5,
  },
  {
    name: "two records of one number, both kept",
    parts: [A, bad("CHECKSUM_MISMATCH", CHANGED), B, `${eventLine(2, { other: true })}\n`],
    alsoFound: [["DUPLICATE_SEQUENCE", 3]],
    staysFound: ["DUPLICATE_SEQUENCE"],
    nextSeq: 3,
  },
  {
    name: "a removed record",
    parts: [A, C, D],
    alsoFound: [["SEQUENCE_GAP", 1]],
    nextSeq: 5,
  },
  {
    name: "a removed record, and one that is damaged",
    parts: [A, bad("CHECKSUM_MISMATCH", B.replace("Started", "Stopped")), D, E],
    alsoFound: [["SEQUENCE_GAP", 2]],
    nextSeq: 6,
  },
  {
    name: "a damaged checkpoint",
    parts: [
      C,
      bad("CHECKSUM_MISMATCH", `${checkpointLine(4, [3]).replace("version", "versiom")}\n`),
      E,
    ],
    alsoFound: [["SEQUENCE_GAP", 0]],
    nextSeq: 6,
  },
  {
    name: "damage beside blank lines and CRLF",
    parts: ["\n", A.replace("\n", "\r\n"), bad("CORRUPTED_LINE", "?\r\n"), " \n", B],
    alsoFound: [["REWRITTEN_BY_OTHER_TOOL", 1]],
    staysFound: ["REWRITTEN_BY_OTHER_TOOL"],
    nextSeq: 3,
  },
  {
    name: "a bit of everything",
    parts: [
      P,
      A,
      bad("NUL_PADDING", NULS),
      B.trimEnd(),
      bad("INVALID_UTF8", [0xfe]),
      C,
      bad("DUPLICATE_SEQUENCE", B),
      bad("NOT_A_RECORD", "7\n"),
      Q,
      D,
      bad("TRUNCATED_LINE", cut(E, 9)),
    ],
    nextSeq: 6,
  },
];

/** Stores that look odd, and are good. */
export const ODDITIES: readonly Corruption[] = [
  { name: "nothing", parts: [], nextSeq: 1 },
  { name: "newlines only", parts: ["\n\n\n"], nextSeq: 1 },
  { name: "white space only", parts: [" \t\r\n \n"], nextSeq: 1 },
  { name: "no newline at the end", parts: [A, B.trimEnd()], nextSeq: 3 },
  { name: "no newline at the end of an original", parts: [P, Q.trimEnd()], nextSeq: 1 },
  {
    name: "a byte-order mark",
    parts: [`\ufeff${A}`, B],
    alsoFound: [["REWRITTEN_BY_OTHER_TOOL", 0]],
    staysFound: ["REWRITTEN_BY_OTHER_TOOL"],
    nextSeq: 3,
  },
  {
    name: "a byte-order mark of an original",
    parts: [`\ufeff${P}`, Q],
    nextSeq: 1,
    alsoFound: [["REWRITTEN_BY_OTHER_TOOL", 0]],
    staysFound: ["REWRITTEN_BY_OTHER_TOOL"],
  },
  {
    name: "CRLF",
    parts: [A.replace("\n", "\r\n"), B.replace("\n", "\r\n")],
    alsoFound: [["REWRITTEN_BY_OTHER_TOOL", 0]],
    staysFound: ["REWRITTEN_BY_OTHER_TOOL"],
    nextSeq: 3,
  },
];
