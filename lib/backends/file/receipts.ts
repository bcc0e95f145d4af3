/**
 * What maintenance changed, written down before and after: `receipts.ndjson` in the sidecar.
 *
 * A change is an `intent` line, synced before anything is touched, and a `done` line after it. An
 * intent without one is settled by the next run, from what the store's file is by then. Only who holds
 * the maintenance lock writes here.
 *
 * @module
 */

import { createHash, randomBytes } from "node:crypto";
import { basename, dirname } from "node:path";
import type { Receipt } from "../../model/report.ts";
import type { FileIdentity, FileSystem, OpenFile } from "../../storage/file_system.ts";
import { type ByteRange, readRange } from "../../storage/byte_range.ts";
import { hadRoomFor } from "../../storage/os_error.ts";
import { readLines } from "../../storage/line_scanner.ts";
import { parsePartName } from "../../storage/part_names.ts";
import { pathOfPart } from "../../storage/store_parts.ts";
import type { StorePaths } from "../../storage/store_paths.ts";
import { endsWithNewline } from "../../storage/tail.ts";
import { appendAll, openIfThere, openOrCreate } from "../../storage/whole_file.ts";
import type { FileStore } from "./file_store.ts";

/** One state of a file that maintenance replaced. */
export interface FileFingerprint {
  /** Which file it is. */
  readonly identity: FileIdentity;
  /** Its size in bytes. */
  readonly size: number;
  /** SHA-256 of its content, hexadecimal. */
  readonly sha256: string;
}

/** Bytes that are cut off the end of a file. */
export interface CutBytes extends ByteRange {
  /** SHA-256 of them, hexadecimal. */
  readonly sha256: string;
}

/** A change that is about to be made. */
export interface Intent {
  /** Which operation makes it. */
  readonly operation: string;
  /** The file that is changed. */
  readonly file: string;
  /** The file as it is; null where there is none. */
  readonly old: FileFingerprint | null;
  /** The file as it will be. */
  readonly new: FileFingerprint | null;
  /** What is cut off the file, where it is not replaced. */
  readonly cut?: CutBytes;
  /** Everything else that is worth knowing. */
  readonly details: Readonly<Record<string, unknown>>;
}

interface ReceiptLine {
  readonly receipt: "intent" | "done" | "not_done";
  readonly id: string;
  readonly at: number;
  readonly operation?: string;
  readonly file?: string;
  readonly old?: FileFingerprint | null;
  readonly new?: FileFingerprint | null;
  readonly cut?: CutBytes;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A new receipt's name: when, and something that no other has. */
export function newReceiptId(atSeconds: number): string {
  const time = new Date(atSeconds * 1000).toISOString().replace(/[-:]|\.\d+/g, "");
  return `${time}-${randomBytes(4).toString("hex")}`;
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
  await appendLine(store, { receipt: "intent", id, at: store.now(), ...intent });
}

/** Writes down how a change ended. */
export async function writeOutcome(
  store: FileStore,
  id: string,
  outcome: "done" | "not_done",
): Promise<void> {
  await appendLine(store, { receipt: outcome, id, at: store.now() });
}

/** Settles what an interrupted run left open. Under the maintenance lock. */
export async function settleReceipts(store: FileStore): Promise<void> {
  const open = new Map<string, ReceiptLine>();
  for await (const line of receiptLines(store)) {
    if (line.receipt === "intent") open.set(line.id, line);
    else open.delete(line.id);
  }
  for (const [id, intent] of open) {
    const outcome = await wasMade(store, intent) ? "done" : "not_done";
    // Where there is no room for it, a later run settles the rest.
    if (!await hadRoomFor(() => writeOutcome(store, id, outcome))) return;
  }
}

/** Yields the receipts, oldest first. */
export async function* readReceipts(store: FileStore): AsyncGenerator<Receipt> {
  const outcomes = new Map<string, "done" | "not_done">();
  for await (const { receipt, id } of receiptLines(store)) {
    if (receipt !== "intent") outcomes.set(id, receipt);
  }
  for await (const line of receiptLines(store)) {
    if (line.receipt !== "intent") continue;
    const { id, at, operation = "unknown", file, old, new: replacement, cut, details } = line;
    yield {
      id,
      at,
      operation,
      outcome: outcomes.get(id) ?? "pending",
      details: { file, old, new: replacement, ...(cut && { cut }), ...details },
    };
  }
}

async function wasMade(store: FileStore, intent: ReceiptLine): Promise<boolean> {
  const { fileSystem, paths } = store;
  const { cut, old, new: replacement } = intent;
  const isThere = async ({ identity }: FileFingerprint): Promise<boolean> =>
    await pathOfPart(fileSystem, paths, identity) !== null;
  if (cut === undefined && replacement && await isThere(replacement)) return true;
  // A file that was to be removed has neither a successor nor, by now, a name.
  if (old && (cut !== undefined || await isThere(old))) return false;
  if (old && replacement === null) return true;
  const path = intent.file ?? paths.active;
  const now = isPartOf(paths, path) ? fileSystem.stat(path) : null;
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
export async function digestOf(file: OpenFile, range: ByteRange): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of readRange(file, range)) hash.update(bytes);
  return hash.digest("hex");
}

async function appendLine(store: FileStore, line: ReceiptLine): Promise<void> {
  const { fileSystem, sidecar } = store;
  await sidecar.create();
  const { file, isCreated } = await openOrCreate(fileSystem, sidecar.pathOf("receipts"), false);
  try {
    const fence = await endsWithNewline(file, file.stat().size) ? "" : "\n";
    appendAll(file, new TextEncoder().encode(`${fence}${JSON.stringify(line)}\n`));
    await file.sync();
  } finally {
    await file.close();
  }
  if (isCreated) {
    await fileSystem.syncDirectory(sidecar.path);
    await fileSystem.syncDirectory(dirname(sidecar.path));
  }
}

async function* receiptLines(store: FileStore): AsyncGenerator<ReceiptLine> {
  const file = await openIfThere(store.fileSystem, store.sidecar.pathOf("receipts"));
  if (file === null) return;
  try {
    for await (const lines of readLines(file, { from: 0, to: file.stat().size })) {
      for (const { bytes } of lines) {
        const line = parseLine(bytes);
        if (line !== null) yield line;
      }
    }
  } finally {
    await file.close();
  }
}

// A torn line is one that a crash cut short: what it was about did not begin.
function parseLine(bytes: Uint8Array): ReceiptLine | null {
  try {
    const line = JSON.parse(new TextDecoder().decode(bytes)) as ReceiptLine;
    return typeof line.id === "string" && typeof line.receipt === "string" ? line : null;
  } catch {
    return null;
  }
}
