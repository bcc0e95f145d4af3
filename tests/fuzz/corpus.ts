/**
 * Cases that were found, as small JSON files: a store's files by their suffix, each as text where it is
 * one, else as base64.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { COMPRESSED_DAMAGE_PROPERTIES } from "./compression_properties.ts";
import type { DamageCase } from "./damage_case.ts";
import { DAMAGE_PROPERTIES } from "./damage_properties.ts";
import { FAULT_PROPERTIES } from "./fault_properties.ts";
import { READ_PROPERTIES, type ReadCase } from "./read_properties.ts";
import type { StoreFiles } from "./store_files.ts";
import type { Subject } from "./subject.ts";

/** A case of any property. */
export type FuzzCase = DamageCase | ReadCase;

/** A case with the name of the property that it broke. */
export interface CorpusEntry {
  readonly property: string;
  readonly found: string;
  readonly case: FuzzCase;
}

/** An entry as JSON text. */
export function encodeEntry(entry: CorpusEntry): string {
  const replacer = (_: string, value: unknown): unknown =>
    value instanceof Uint8Array ? encodeBytes(value) : value;
  return `${JSON.stringify(entry, replacer, 2)}\n`;
}

/** Reads an entry. */
export function decodeEntry(text: string): CorpusEntry {
  const entry = JSON.parse(text) as CorpusEntry;
  const members = Object.entries(entry.case).map(([name, value]) =>
    [name, FILES.has(name) ? decodeFiles(value) : value] as const
  );
  return { ...entry, case: Object.fromEntries(members) as unknown as FuzzCase };
}

/** Checks everything that must hold of a case. */
export async function checkEntry({ property, case: one }: CorpusEntry, subject: Subject) {
  if ("reading" in one) {
    for (const check of Object.values(READ_PROPERTIES)) await check(one, subject);
    return;
  }
  // The others look for damage where it stands in files that are not compressed.
  const ofCompressed = COMPRESSED_DAMAGE_PROPERTIES[property];
  if (ofCompressed !== undefined) {
    await ofCompressed(one, subject);
    return;
  }
  for (const check of Object.values(DAMAGE_PROPERTIES)) await check(one, subject);
  await FAULT_PROPERTIES[property]?.(one, subject);
}

const FILES: ReadonlySet<string> = new Set(["written", "found"]);

function encodeBytes(bytes: Uint8Array): EncodedBytes {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString("utf8");
  return buffer.equals(Buffer.from(text)) ? text : { base64: buffer.toString("base64") };
}

type EncodedBytes = string | { readonly base64: string };

function decodeFiles(files: Readonly<Record<string, EncodedBytes>>): StoreFiles {
  return Object.fromEntries(
    Object.entries(files).map(([suffix, value]) => [suffix, decodeBytes(value)]),
  );
}

function decodeBytes(value: EncodedBytes): Uint8Array {
  return new Uint8Array(
    typeof value === "string" ? Buffer.from(value) : Buffer.from(value.base64, "base64"),
  );
}
