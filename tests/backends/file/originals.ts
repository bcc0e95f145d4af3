/**
 * Stores that the original wrote, and what it says of them.
 *
 * @module
 */

import { join } from "node:path";
import type { JsonObject, JsonValue, StoredRecord } from "../../../lib/model/record.ts";
import { recordToWire } from "../../../lib/model/wire.ts";
import { assertEquals } from "../../_assert.ts";
import { sorted } from "../../storage/lines.ts";

/** Where they are. */
export const FIXTURES: string = join(
  import.meta.dirname!,
  "../../fixtures/python-papyra-0.1.1",
);

/** What the original lists of a store. */
export interface Expected {
  readonly events: readonly JsonValue[];
  readonly audits: readonly JsonValue[];
  readonly dead_letters: readonly JsonValue[];
}

/** What it lists of the store of this name. */
export async function expectedOf(name: string): Promise<Expected> {
  const { events, audits, dead_letters } = JSON.parse(
    await Deno.readTextFile(join(FIXTURES, `${name}.expected.json`)),
  ) as Expected;
  return {
    events: events.map(sorted),
    audits: audits.map(sorted),
    dead_letters: dead_letters.map(sorted),
  };
}

/** Records as the original tells them. */
export function asOriginal(records: readonly StoredRecord[]): JsonValue[] {
  return records.map((record) => {
    const { kind: _, ...fields } = recordToWire(record);
    assertEquals(record.seq, null);
    return sorted(fields);
  });
}

/** The newest lines of a kind. */
export function newestOf(lines: readonly string[], kind: string, count: number): string[] {
  return lines.filter((line) => (JSON.parse(line) as JsonObject).kind === kind).slice(-count);
}
