/**
 * Compressed segments that stand beside another form of themselves, which governs.
 *
 * A run that compresses leaves one behind when it is interrupted at its end, and then both hold the same.
 * Where they do not, somebody else's hand was at work, and nothing is removed.
 *
 * @module
 */

import { PapyraError } from "../../../errors.ts";
import type { FileSystem } from "../../../storage/file_system.ts";
import { openPart } from "../../../storage/open_part.ts";
import { compressedForms } from "../../../storage/part_names.ts";
import {
  type FoundPart,
  listSuperseded,
  type SupersededForm,
} from "../../../storage/store_parts.ts";
import { openIfThere, removeIfThere } from "../../../storage/whole_file.ts";
import type { FileStore } from "../store/file_store.ts";
import { digestOf, ReceiptIds, writeIntent, writeOutcome } from "../receipts/receipts.ts";
import type { StorePart } from "../store/store_part.ts";

/** Files that are not read because another form of the same segment governs. */
export interface SupersededFiles {
  /** Those that hold the same as the form that governs. */
  readonly copies: readonly SupersededForm[];
  /** Those that do not. */
  readonly others: readonly string[];
}

/** Finds them, and compares what they hold. */
export async function supersededFiles({ fileSystem, paths }: FileStore): Promise<SupersededFiles> {
  const copies: SupersededForm[] = [];
  const others: string[] = [];
  for (const superseded of await listSuperseded(fileSystem, paths)) {
    const { form, governing } = superseded;
    const content = await digestOfPart(fileSystem, form);
    // What is gone by now was compressed meanwhile by a run that came to its end.
    if (content === null) continue;
    if (content === await digestOfPart(fileSystem, governing)) copies.push(superseded);
    else others.push(form.path);
  }
  return { copies, others };
}

/**
 * Whether another form of a segment stands beside it. Once copies were removed it holds something else: a
 * tool may be making one of the other, and nobody knows which is whole.
 */
export function hasOtherForm({ fileSystem }: FileStore, { path, role }: StorePart): boolean {
  if (role !== "sealed") return false;
  const plain = path.replace(/\.\D+$/, "");
  return [plain, ...compressedForms(plain)].some((form) =>
    form !== path && fileSystem.statLink(form) !== null
  );
}

/** Throws BUSY where another form of a segment stands beside it. */
export function assertOnlyForm(store: FileStore, part: StorePart): void {
  if (!hasOtherForm(store, part)) return;
  throw new PapyraError(
    "BUSY",
    `Cannot change "${part.path}": another form of it, which holds something else, stands beside it; find out which is right, and move the other elsewhere`,
    { file: part.path },
  );
}

/** Removes the copies, each with a receipt, and names them. Under the maintenance lock. */
export async function removeCopies(store: FileStore): Promise<string[]> {
  const { copies } = await supersededFiles(store);
  const receipts = new ReceiptIds(store.now());
  const removed: string[] = [];
  for (const copy of copies) {
    if (await removeCopy(store, copy, receipts.next())) removed.push(copy.form.path);
  }
  return removed;
}

// Also somebody who compressed a segment and kept it may have made it.
async function removeCopy(
  store: FileStore,
  { form: { path }, governing }: SupersededForm,
  receipt: string,
): Promise<boolean> {
  const { fileSystem, paths } = store;
  const file = await openIfThere(fileSystem, path);
  if (file === null) return false;
  try {
    const { identity, size } = file.stat();
    const sha256 = await digestOf(file, { from: 0, to: size });
    await writeIntent(store, receipt, {
      operation: "clean",
      file: path,
      old: { identity, size, sha256 },
      new: null,
      details: { reason: "copy" },
    });
  } finally {
    await file.close();
  }
  // A tool that was compressing the segment may have removed it by now: then this is the segment.
  const isCopy = fileSystem.statLink(governing.path)?.identity === governing.stat.identity;
  if (isCopy) await removeIfThere(fileSystem, path);
  await fileSystem.syncDirectory(paths.directory);
  await writeOutcome(store, receipt, isCopy ? "done" : "not_done");
  return isCopy;
}

async function digestOfPart(fileSystem: FileSystem, part: FoundPart): Promise<string | null> {
  const file = await openPart(fileSystem, part);
  if (file === null) return null;
  try {
    return await digestOf(file, { from: 0, to: file.stat().size });
  } finally {
    await file.close();
  }
}
