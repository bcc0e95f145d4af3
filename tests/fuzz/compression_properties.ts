/**
 * What must hold of a store whose segments are compressed, by us or by other tools.
 *
 * @module
 */

import { basename } from "node:path";
import { compressedForm } from "../../lib/storage/part_names.ts";
import {
  compressionOf,
  contentOf,
  FORMS,
  inForm,
  opened,
} from "../storage/compressed/compressing.ts";
import type { ScanReport } from "../../lib/model/report.ts";
import type { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { type DamageCase, damageCaseOf, type DamageRecipe, diskOf } from "./damage_case.ts";
import { ensure, ensureSame } from "./expect.ts";
import { damagedFiles } from "./file_damage.ts";
import { told } from "./found_lines.ts";
import { latin1 } from "./oracle.ts";
import { STORE_PATH, type StoreFiles } from "./store_files.ts";
import type { Subject } from "./subject.ts";

const SEALED = /^\.\d{16}$/;
const COMPRESSED = /\.(?:gz|zst)$/;
const REMOVED = "/data/.events.ndjson.papyra/removed";

/** What must hold of stores that were damaged within compressed files, by name. */
export const COMPRESSED_DAMAGE_PROPERTIES: {
  readonly [name: string]: (damageCase: DamageCase, subject: Subject) => Promise<void>;
} = {
  "damage to compressed segments is told, and costs nothing else": compressedDamageIsMended,
};

/** The same store, its segments compressed one way after another. */
export async function compressedFiles(files: StoreFiles): Promise<StoreFiles> {
  const compressed = Object.entries(files).map(async ([suffix, bytes], index) => {
    const form = FORMS[index % FORMS.length]!;
    if (!SEALED.test(suffix)) return [suffix, bytes] as const;
    return [compressedForm(suffix, compressionOf(form)), await inForm(bytes, form)] as const;
  });
  return Object.fromEntries(await Promise.all(compressed));
}

/** A store that was sound, then compressed, and then damaged in compressed files alone. */
export async function compressedCaseOf(recipe: DamageRecipe): Promise<DamageCase> {
  const sound = await damageCaseOf({ ...recipe, damages: [] });
  const files = await compressedFiles(sound.found);
  const isCompressed = ([suffix]: readonly [string, Uint8Array]) => COMPRESSED.test(suffix);
  const compressed = Object.fromEntries(Object.entries(files).filter(isCompressed));
  return { ...sound, found: { ...files, ...damagedFiles(compressed, recipe.damages) } };
}

/** Whatever stands in segments is found, told and mended as if they were not compressed. */
export async function compressionChangesNothing(
  damageCase: DamageCase,
  subject: Subject,
): Promise<void> {
  const plain = diskOf(damageCase);
  const disk = diskOf({ ...damageCase, found: await compressedFiles(damageCase.found) });
  await ensureAlike(disk, plain, subject, "before");
  for (const each of [disk, plain]) await subject.compact(each, { retention: { maxRecords: 4 } });
  await ensureAlike(disk, plain, subject, "after a compaction");
  for (const each of [disk, plain]) await subject.recover(each, {});
  await ensureAlike(disk, plain, subject, "after a recovery");
}

async function ensureAlike(
  disk: MemoryFileSystem,
  plain: MemoryFileSystem,
  subject: Subject,
  when: string,
): Promise<void> {
  const [found, expected] = [await subject.scan(disk), await subject.scan(plain)];
  ensureSame(findings(found), findings(expected), `anomalies ${when}`);
  ensureSame(found.records, expected.records, `records counted ${when}`);
  ensureSame(told(await subject.read(disk)), told(await subject.read(plain)), `records ${when}`);
}

// What concerns no place in particular may stand before or behind what does.
function findings({ anomalies }: ScanReport): string[] {
  return anomalies.map(({ code, file, offset, length, line, seq }) => {
    const place = [basename(file ?? "").replace(COMPRESSED, ""), offset, length, line, seq];
    return `${code} ${place}`;
  }).sort();
}

/** Damage to compressed files is told, costs no other record, makes none, and nothing of it is lost. */
async function compressedDamageIsMended(
  damageCase: DamageCase,
  subject: Subject,
): Promise<void> {
  const sound = told(await subject.read(diskOf({ ...damageCase, found: damageCase.written })));
  const disk = diskOf(damageCase);
  const read = told(await subject.read(disk));
  ensureSame(read.filter((record) => isOurs(record) && !sound.includes(record)), [], "made");
  const isWhole = sound.every((record) => read.includes(record));
  const before = await subject.scan(disk);
  ensure(isWhole || !before.healthy, "records are missing, and the scan is healthy");
  const { after } = await subject.recover(disk, {});
  ensure(after.healthy, `not mended: ${JSON.stringify(after.anomalies)}`);
  const left = told(await subject.read(disk));
  ensureSame(left.filter(isOurs), [...new Set(read.filter(isOurs))], "records after a recovery");
  await ensureKept(disk, damageCase.found);
}

// What was decompressed without its checksum may be anything, also a line of the original.
function isOurs(record: string): boolean {
  return !record.endsWith('"seq":null}');
}

async function ensureKept(disk: MemoryFileSystem, found: StoreFiles): Promise<void> {
  const names = await disk.list(REMOVED);
  const kept = names.map((name) => latin1(disk.get(`${REMOVED}/${name}`)));
  for (const [suffix, bytes] of Object.entries(found)) {
    const path = STORE_PATH + suffix;
    const text = latin1(bytes);
    const isThere = disk.stat(path) !== null && latin1(disk.get(path)) === text;
    if (isThere || kept.includes(text) || !await isDamaged(suffix, bytes)) continue;
    ensure(false, `${suffix} is gone, and kept nowhere`);
  }
}

async function isDamaged(suffix: string, bytes: Uint8Array): Promise<boolean> {
  if (!COMPRESSED.test(suffix)) return false;
  const file = await opened(bytes, suffix.endsWith(".gz") ? "gzip" : "zstd");
  await contentOf(file);
  return file.isDamaged;
}
