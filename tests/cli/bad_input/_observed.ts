/**
 * What the command line says of a store.
 *
 * @module
 */

import type { AnomalyCode } from "../../../lib/model/anomaly.ts";
import { JsonFilePersistence } from "../../../mod.ts";
import { assertEquals } from "../../_assert.ts";
import { papyra, papyraOk } from "../_papyra.ts";

/** A scan, as far as these tests look at it. */
export interface ObservedScan {
  readonly code: number;
  readonly healthy: boolean;
  readonly records: { readonly [kind: string]: number };
  readonly anomalies: readonly {
    readonly code: AnomalyCode;
    readonly file: string;
    readonly reason: string;
    readonly next: string;
  }[];
}

/** Scans a store; what is wrong has a place, a reason and a next step. */
export async function scanOf(path: string): Promise<ObservedScan> {
  const { code, stdout, stderr } = await papyra(["persistence", "scan", "--path", path, "--json"]);
  assertEquals(stderr, "");
  const scan: ObservedScan = { ...JSON.parse(stdout), code };
  const vague = scan.anomalies.filter(({ file, reason, next }) => !file || !reason || !next);
  assertEquals(vague, []);
  assertEquals(code, scan.healthy ? 0 : 2);
  return scan;
}

/** The codes of what a scan finds, each once. */
export function codesOf({ anomalies }: ObservedScan): AnomalyCode[] {
  return [...new Set(anomalies.map(({ code }) => code))].sort();
}

/** The numbers of the events, in the order in which the command line lists them. */
export async function listedNumbers(path: string): Promise<(number | null)[]> {
  const stdout = await papyraOk(["inspect", "events", "--path", path, "--json"]);
  const { records } = JSON.parse(stdout) as { records: { seq?: number }[] };
  return records.map(({ seq = null }) => seq);
}

/** The same, asked of the module. */
export async function storedNumbers(path: string): Promise<(number | null)[]> {
  await using store = new JsonFilePersistence(path);
  return (await store.listEvents()).map(({ seq }) => seq);
}

/** Bytes that a repair removed, as history keeps them. */
export interface RemovedPart {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What the last change removed, from its receipt or from the file that it names. */
export async function removedParts(path: string): Promise<RemovedPart[]> {
  await using store = new JsonFilePersistence(path);
  let details: StoredDetails = {};
  for await (const receipt of store.history()) details = receipt.details;
  const { removed = [], kept_in } = details;
  if (kept_in === undefined) return removed.map(readPart);
  const lines = (await Deno.readTextFile(kept_in)).trimEnd().split("\n");
  return lines.map((line) => readPart(JSON.parse(line)));
}

function readPart({ offset, length, text, base64, fill }: StoredPart): RemovedPart {
  if (text !== undefined) return { offset, bytes: new TextEncoder().encode(text) };
  if (base64 === undefined) return { offset, bytes: new Uint8Array(length).fill(fill!) };
  return { offset, bytes: Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)) };
}

interface StoredDetails {
  readonly removed?: readonly StoredPart[];
  readonly kept_in?: string;
}

interface StoredPart {
  readonly offset: number;
  readonly length: number;
  readonly text?: string;
  readonly base64?: string;
  readonly fill?: number;
}
