/**
 * What must hold where only one thing went wrong, of the kind that happens by itself.
 *
 * @module
 */

import { type DamageCase, diskOf } from "./damage_case.ts";
import type { DamageProperty } from "./damage_properties.ts";
import { ensure } from "./expect.ts";
import { allLines, describe, linesIn } from "./found_lines.ts";
import { fieldsOf, kindOf, latin1, type PhysicalLine, seqOf, withoutMarks } from "./oracle.ts";
import { bytesAt, filesInOrder, filesOn } from "./store_files.ts";
import { NOW } from "./store_parts.ts";
import type { Subject } from "./subject.ts";

/** The properties, by name. */
export const FAULT_PROPERTIES: { readonly [name: string]: DamageProperty } = {
  "a single fault makes no record that was never written": faultMakesNoRecord,
  "a writer behind a flipped bit gives no number again": flipGivesNoNumberAgain,
};

async function faultMakesNoRecord(damageCase: DamageCase, subject: Subject): Promise<void> {
  const disk = diskOf(damageCase);
  await subject.recover(disk, {});
  const written = allLines(damageCase.written);
  const found = filesInOrder(damageCase.found).map(({ bytes }) => latin1(bytes));
  for (const line of linesIn(await filesOn(disk), damageCase.written)) {
    const isOurs = line.state === "rewritten" || kindOf(line.bytes) === "checkpoint";
    const isNear = written.some((other) => isSame(line, other));
    // A torn payload that ends with a whole line of ours looks like a torn record with one behind it.
    const isTornBehind = found.some((text) => text.endsWith(latin1(line.bytes)));
    ensure(isOurs || isNear || isTornBehind, `${describe(line)} was never written`);
  }
}

// Also where the line with the last number is the one that cannot be read any more.
async function flipGivesNoNumberAgain(damageCase: DamageCase, subject: Subject): Promise<void> {
  const { written, found } = damageCase;
  const flipped = filesInOrder(written).map(({ path, bytes }) => {
    const now = bytesAt(found, path);
    if (now.length !== bytes.length) return Infinity;
    return bytes.filter((byte, index) => byte !== now[index]).length;
  });
  if (flipped.reduce((sum, count) => sum + count, 0) !== 1) return;
  const disk = diskOf({ ...damageCase, durableSeq: 0 });
  const given = Math.max(...allLines(written).map((line) => seqOf(line) ?? 0));
  const seq = await subject.write(disk, [{ kind: "event", eventType: "next", timestamp: NOW }]);
  ensure(seq > given, `the next record has number ${seq}, and ${given} was given`);
}

// A line without a checksum cannot show that a bit of it was flipped, or white space cut off.
function isSame({ state, bytes }: PhysicalLine, written: Uint8Array): boolean {
  const [text, wanted] = [bytes, written].map((line) => latin1(withoutMarks(line, true))) as [
    string,
    string,
  ];
  if (text === wanted) return true;
  if (state !== "foreign" || Object.hasOwn(fieldsOf(withoutMarks(written, true)) ?? {}, "crc")) {
    return false;
  }
  const differences = [...text].filter((character, index) => character !== wanted[index]).length;
  return text.trim() === wanted.trim() || (text.length === wanted.length && differences <= 1);
}
