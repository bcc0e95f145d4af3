/**
 * What a recovery took away, put together again from where it says that it is.
 *
 * @module
 */

import { assert, assertEquals } from "../../_assert.ts";
import type { RecoveryReport } from "../../../lib/model/report.ts";
import { receiptsOf, type StoreStage } from "./_stores.ts";

/** Bytes that were removed, and where they stood. */
export interface RemovedPart {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface StoredPart {
  readonly offset: number;
  readonly length: number;
  readonly code: string;
  readonly text?: string;
  readonly base64?: string;
  readonly fill?: number;
}

/** What receipts, and the files that they name, keep of a repair. */
export async function removedParts(
  stage: StoreStage,
  report: RecoveryReport,
): Promise<RemovedPart[]> {
  const receipt = (await receiptsOf(stage.open())).find(({ id }) => id === report.receipt);
  assert(receipt !== undefined && receipt.outcome === "done");
  const { removed = [], kept_in: keptIn } = receipt.details as {
    readonly removed?: readonly StoredPart[];
    readonly kept_in?: string;
  };
  if (keptIn === undefined) return removed.map(bytesOfPart);
  assertEquals(report.kept, [keptIn]);
  const lines = (await Deno.readTextFile(keptIn)).trimEnd().split("\n");
  return lines.map((line) => bytesOfPart(JSON.parse(line) as StoredPart));
}

function bytesOfPart({ offset, length, text, base64, fill }: StoredPart): RemovedPart {
  const bytes = text !== undefined
    ? new TextEncoder().encode(text)
    : base64 !== undefined
    ? Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    : new Uint8Array(length).fill(fill!);
  assertEquals(bytes.length, length);
  return { offset, bytes };
}

/** Expects every removed byte to be kept, and nothing else to have been removed. */
export async function expectKept(
  stage: StoreStage,
  original: Uint8Array,
  damage: readonly RemovedPart[],
  report: RecoveryReport,
): Promise<void> {
  assertEquals(report.removed.map(({ offset, length }) => [offset, length]), [
    ...damage.map(({ offset, bytes }) => [offset, bytes.length]),
  ]);
  assertEquals(report.removedBytes, damage.reduce((sum, { bytes }) => sum + bytes.length, 0));
  if (report.mode === "quarantine") {
    assertEquals(report.kept.length, 1);
    assertEquals(await Deno.readFile(report.kept[0]!), original);
  } else {
    assertEquals(merged(await removedParts(stage, report)), merged(damage));
  }
}

// A long range is kept in several parts.
function merged(parts: readonly RemovedPart[]): [offset: number, bytes: number[]][] {
  const ranges: [offset: number, bytes: number[]][] = [];
  for (const { offset, bytes } of parts) {
    const last = ranges.at(-1);
    if (last !== undefined && last[0] + last[1].length === offset) last[1].push(...bytes);
    else ranges.push([offset, [...bytes]]);
  }
  return ranges;
}
