/**
 * What must hold where only one thing went wrong, of the kind that happens by itself.
 *
 * @module
 */

import { type DamageCase, diskOf } from "./damage_case.ts";
import type { DamageProperty } from "./damage_properties.ts";
import { ensure } from "./expect.ts";
import { describe } from "./found_lines.ts";
import { fieldsOf, kindOf, latin1, type PhysicalLine, physicalLines } from "./oracle.ts";
import { seqOf, splitLines, withoutMarks } from "./oracle.ts";
import { NOW, STORE_PATH } from "./store_parts.ts";
import type { Subject } from "./subject.ts";

/** The properties, by name. */
export const FAULT_PROPERTIES: { readonly [name: string]: DamageProperty } = {
  "a single fault makes no record that was never written": faultMakesNoRecord,
  "a writer behind a flipped bit gives no number again": flipGivesNoNumberAgain,
};

async function faultMakesNoRecord(damageCase: DamageCase, subject: Subject): Promise<void> {
  const disk = diskOf(damageCase);
  await subject.recover(disk, {});
  const written = splitLines(damageCase.written);
  for (const line of physicalLines(disk.get(STORE_PATH), written)) {
    const isOurs = line.state === "rewritten" || kindOf(line.bytes) === "checkpoint";
    const isNear = written.some((other) => isSame(line, other));
    // A torn payload that ends with a whole line of ours looks like a torn record with one behind it.
    const isTornBehind = latin1(damageCase.found).endsWith(latin1(line.bytes));
    ensure(isOurs || isNear || isTornBehind, `${describe(line)} was never written`);
  }
}

// Also where the line with the last number is the one that cannot be read any more.
async function flipGivesNoNumberAgain(damageCase: DamageCase, subject: Subject): Promise<void> {
  const { written, found } = damageCase;
  const isOneByte = written.length === found.length &&
    written.filter((byte, index) => byte !== found[index]).length === 1;
  if (!isOneByte) return;
  const disk = diskOf({ ...damageCase, durableSeq: 0 });
  const given = Math.max(...splitLines(written).map((line) => seqOf(line) ?? 0));
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
