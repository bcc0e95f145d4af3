/**
 * What maintenance changed, written down before and after: `receipts.ndjson` in the sidecar.
 *
 * A change is an `intent` line, synced before anything is touched, and a `done` line after it. An
 * intent without one is settled by the next run, from what the store's file is by then. Only who holds
 * the maintenance lock writes here. Nothing that is read here names a file to be touched.
 *
 * @module
 */

import { basename, dirname } from "node:path";
import { createHash, randomHex } from "../../../storage/late_modules.ts";
import type { Receipt } from "../../../model/report.ts";
import type { FileSystem, ReadableFile } from "../../../storage/file_system.ts";
import { type ByteRange, readRange } from "../../../storage/byte_range.ts";
import { hadRoomFor } from "../../../storage/os_error.ts";
import { parsePartName } from "../../../storage/part_names.ts";
import { pathOfPart } from "../../../storage/store_parts.ts";
import type { StorePaths } from "../../../storage/store_paths.ts";
import type { FileStore } from "../store/file_store.ts";
import {
  appendReceiptLine,
  type FileFingerprint,
  type Intent,
  parseReceiptLine,
  type ReceiptLine,
  receiptLines,
} from "./receipt_lines.ts";

export type { CutBytes, FileFingerprint, Intent } from "./receipt_lines.ts";

// Runs settle what the one before them left: more than one or two were put there by somebody else.
const UNSETTLED_MAX = 64;
const WAITING_MAX = 100;

/** A new receipt's name: when, and something that no other has. */
export function newReceiptId(atSeconds: number): string {
  const time = new Date(atSeconds * 1000).toISOString().replace(/[-:]|\.\d+/g, "");
  return `${time}-${randomHex(8)}`;
}

/** The receipts of one run: the first has the run's id, the others a number behind it. */
export class ReceiptIds {
  /** The run's id. */
  readonly run: string;
  #count = 0;

  constructor(atSeconds: number) {
    this.run = newReceiptId(atSeconds);
  }

  /** The next one's id. */
  next(): string {
    this.#count++;
    return this.#count === 1 ? this.run : `${this.run}.${this.#count}`;
  }

  /** The run's id; null where no receipt was asked for. */
  get used(): string | null {
    return this.#count === 0 ? null : this.run;
  }
}

/** Writes down that a change is about to be made, and syncs that. */
export async function writeIntent(store: FileStore, id: string, intent: Intent): Promise<void> {
  await appendReceiptLine(store, { receipt: "intent", id, at: store.now(), ...intent });
}

/** Writes down how a change ended. */
export async function writeOutcome(
  store: FileStore,
  id: string,
  outcome: "done" | "not_done",
): Promise<void> {
  await appendReceiptLine(store, { receipt: outcome, id, at: store.now() });
}

/** What is needed of an intent to settle it. */
type UnsettledIntent = Pick<ReceiptLine, "file" | "old" | "new" | "cut">;

/** Settles what an interrupted run left open. Under the maintenance lock. */
export async function settleReceipts(store: FileStore): Promise<void> {
  const open = new Map<string, UnsettledIntent>();
  for await (const { line: { details: _, ...line } } of receiptLines(store)) {
    if (line.receipt === "intent") open.set(line.id, line);
    else open.delete(line.id);
    if (open.size > UNSETTLED_MAX) open.delete([...open.keys()][0]!);
  }
  // What that run did to names may not last yet, and is about to be called done.
  if (open.size > 0) await store.fileSystem.syncDirectory(store.paths.directory);
  for (const [id, intent] of open) {
    const outcome = await wasMade(store, intent) ? "done" : "not_done";
    // Where there is no room for it, a later run settles the rest.
    if (!await hadRoomFor(() => writeOutcome(store, id, outcome))) return;
  }
}

/** An intent whose outcome was not read yet. */
interface WaitingIntent {
  readonly id: string;
  readonly bytes: Uint8Array;
  outcome: Receipt["outcome"];
}

/** Yields the receipts, oldest first. */
export async function* readReceipts(store: FileStore): AsyncGenerator<Receipt> {
  const waiting: WaitingIntent[] = [];
  for await (const { line: { receipt, id }, bytes } of receiptLines(store)) {
    // Parsed once more when its outcome is known: until then only its bytes take room.
    if (receipt === "intent") waiting.push({ id, bytes: bytes.slice(), outcome: "pending" });
    else for (const intent of waiting) if (intent.id === id) intent.outcome = receipt;
    while (waiting[0] && (waiting[0].outcome !== "pending" || waiting.length > WAITING_MAX)) {
      yield receiptOf(waiting.shift()!);
    }
  }
  for (const intent of waiting) yield receiptOf(intent);
}

function receiptOf({ id, bytes, outcome }: WaitingIntent): Receipt {
  const { at, operation = "unknown", file, old, new: replacement, cut, details } = parseReceiptLine(
    bytes,
  )!;
  return {
    id,
    at,
    operation,
    outcome,
    details: { file, old, new: replacement, ...(cut && { cut }), ...details },
  };
}

async function wasMade(store: FileStore, intent: UnsettledIntent): Promise<boolean> {
  const { fileSystem, paths } = store;
  const { cut, old, new: replacement } = intent;
  const path = intent.file ?? paths.active;
  const isNamed = isPartOf(paths, path);
  const isThere = async ({ identity }: FileFingerprint): Promise<boolean> =>
    await pathOfPart(fileSystem, paths, identity, isNamed ? path : paths.active) !== null;
  if (cut === undefined && replacement && await isThere(replacement)) return true;
  // A file that was to be removed has neither a successor nor, by now, a name.
  if (old && (cut !== undefined || await isThere(old))) return false;
  if (old && replacement === null) return true;
  const now = isNamed ? fileSystem.stat(path) : null;
  if (now === null) return false;
  const digest = (range: ByteRange) => digestAt(fileSystem, path, range);
  // Others may have written since, in the place of what was cut.
  if (cut !== undefined) return now.size < cut.to || await digest(cut) !== cut.sha256;
  if (!replacement || now.size < replacement.size) return false;
  // A file that was copied elsewhere and back is told by its content.
  return await digest({ from: 0, to: replacement.size }) === replacement.sha256;
}

// What a receipt names that is no file of this store is nothing that this store's runs may look at.
function isPartOf({ directory, name }: StorePaths, path: string): boolean {
  return dirname(path) === directory && parsePartName(name, basename(path)) !== null;
}

async function digestAt(fileSystem: FileSystem, path: string, range: ByteRange): Promise<string> {
  const file = await fileSystem.open(path, { access: "read" });
  try {
    return await digestOf(file, range);
  } finally {
    await file.close();
  }
}

/** SHA-256 of a part of a file, hexadecimal. */
export async function digestOf(file: ReadableFile, range: ByteRange): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of readRange(file, range)) hash.update(bytes);
  return hash.digest("hex");
}
