/**
 * Compressed segments that stand beside another form of themselves, which governs.
 *
 * A run that compresses leaves one behind when it is interrupted at its end, and then both hold the same.
 * Where they do not, somebody else's hand was at work, and nothing is removed.
 *
 * @module
 */

import type { FileSystem } from "../../storage/file_system.ts";
import { openPart } from "../../storage/open_part.ts";
import { type FoundPart, listSuperseded } from "../../storage/store_parts.ts";
import { openIfThere, removeIfThere } from "../../storage/whole_file.ts";
import type { FileStore } from "./file_store.ts";
import { digestOf, ReceiptIds, writeIntent, writeOutcome } from "./receipts.ts";

/** Files that are not read because another form of the same segment governs. */
export interface SupersededFiles {
  /** Those that hold the same as the form that governs. */
  readonly copies: readonly string[];
  /** Those that do not. */
  readonly others: readonly string[];
}

/** Finds them, and compares what they hold. */
export async function supersededFiles({ fileSystem, paths }: FileStore): Promise<SupersededFiles> {
  const [copies, others]: [string[], string[]] = [[], []];
  for (const { form, governing } of await listSuperseded(fileSystem, paths)) {
    const content = await digestOfPart(fileSystem, form);
    // What is gone by now was compressed meanwhile by a run that came to its end.
    if (content === null) continue;
    const isCopy = content === await digestOfPart(fileSystem, governing);
    (isCopy ? copies : others).push(form.path);
  }
  return { copies, others };
}

/** Removes the copies, each with a receipt, and names them. Under the maintenance lock. */
export async function removeCopies(store: FileStore): Promise<string[]> {
  const { copies } = await supersededFiles(store);
  const receipts = new ReceiptIds(store.now());
  for (const path of copies) await removeCopy(store, path, receipts.next());
  return [...copies];
}

// Also somebody who compressed a segment and kept it may have made it.
async function removeCopy(store: FileStore, path: string, receipt: string): Promise<void> {
  const { fileSystem, paths } = store;
  const file = await openIfThere(fileSystem, path);
  if (file === null) return;
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
  await removeIfThere(fileSystem, path);
  await fileSystem.syncDirectory(paths.directory);
  await writeOutcome(store, receipt, "done");
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
