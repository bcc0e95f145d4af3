/**
 * Stores in segments for tests, and segments in all the forms that they can have.
 *
 * @module
 */

import { RotatingFilePersistence } from "../../../lib/backends/file/rotating_file_persistence.ts";
import type { RecordInput } from "../../../lib/model/record.ts";
import { parsePartName, segmentName } from "../../../lib/storage/part_names.ts";
import { compressionOf, type Form, FORMS, inForm } from "../../storage/compressed/compressing.ts";
import { NOW, type StoreStage } from "./_stores.ts";

/** Records, and seals a segment behind every so many of them. */
export async function recordInSegments(
  stage: StoreStage,
  records: readonly RecordInput[],
  perSegment: number,
): Promise<void> {
  const options = { maxRecords: perSegment, clock: () => NOW };
  await using store = new RotatingFilePersistence(stage.path, options);
  for (const record of records) await store.recordMany([record]);
}

/** The names of a store's segments, the oldest first. */
export async function segmentsOf(stage: StoreStage): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(stage.directory)) {
    if (parsePartName("events.ndjson", name)?.role === "sealed") names.push(name);
  }
  return names.sort();
}

/** Puts a form in the place of a plain segment; returns its path. */
export async function compressSegment(
  stage: StoreStage,
  name: string,
  form: Form,
): Promise<string> {
  const plain = `${stage.directory}/${name}`;
  const { number } = parsePartName("events.ndjson", name)!;
  const path = `${stage.directory}/${segmentName("events.ndjson", number, compressionOf(form))}`;
  await Deno.writeFile(path, await inForm(await Deno.readFile(plain), form), { mode: 0o600 });
  await Deno.remove(plain);
  return path;
}

/** Puts segments into forms, one after another, every fifth left as it is. */
export async function mixForms(stage: StoreStage): Promise<void> {
  const forms = [...FORMS, null];
  for (const [index, name] of (await segmentsOf(stage)).entries()) {
    const form = forms[index % forms.length]!;
    if (form !== null) await compressSegment(stage, name, form);
  }
}
