/**
 * The lines of `receipts.ndjson`: written one at a time, and believed only as far as they look like it.
 *
 * @module
 */

import { dirname } from "node:path";
import type { ByteRange } from "../../../storage/byte_range.ts";
import type { FileIdentity } from "../../../storage/file_system.ts";
import { readLines } from "../../../storage/lines/line_scanner.ts";
import { endsWithNewline } from "../../../storage/tail.ts";
import { appendAll, openIfThere, openOrCreate } from "../../../storage/whole_file.ts";
import type { FileStore } from "../store/file_store.ts";

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

/** One line. */
export interface ReceiptLine {
  /** What it says of the change: that it is about to be made, or how it ended. */
  readonly receipt: "intent" | "done" | "not_done";
  /** Which change. */
  readonly id: string;
  /** When, Unix seconds. */
  readonly at: number;
  /** Which operation makes it. */
  readonly operation?: string;
  /** The file that is changed. */
  readonly file?: string;
  /** The file as it was. */
  readonly old?: FileFingerprint | null;
  /** The file as it will be. */
  readonly new?: FileFingerprint | null;
  /** What is cut off. */
  readonly cut?: CutBytes;
  /** Everything else. */
  readonly details?: Readonly<Record<string, unknown>>;
}

// With a thousand ranges a line takes some 80 KB. What is longer was not written here.
const LINE_BYTES_MAX = 256 * 1024;

/** Adds a line that lasts when this returns. */
export async function appendReceiptLine(store: FileStore, line: ReceiptLine): Promise<void> {
  const { fileSystem, sidecar } = store;
  await sidecar.create();
  const { file } = await openOrCreate(fileSystem, sidecar.pathOf("receipts"), false);
  try {
    const fence = await endsWithNewline(file, file.stat().size) ? "" : "\n";
    appendAll(file, new TextEncoder().encode(`${fence}${JSON.stringify(line)}\n`));
    await file.sync();
  } finally {
    await file.close();
  }
  if (line.receipt !== "intent") return;
  // Also where the file is not new: the run that made it may have been killed before it came to this.
  await fileSystem.syncDirectory(sidecar.path);
  await fileSystem.syncDirectory(dirname(sidecar.path));
}

/** Yields the lines, each with its bytes, which are valid until the next one. */
export async function* receiptLines(
  store: FileStore,
): AsyncGenerator<{ readonly line: ReceiptLine; readonly bytes: Uint8Array }> {
  const { fileSystem, sidecar } = store;
  sidecar.check();
  const file = await openIfThere(fileSystem, sidecar.pathOf("receipts"));
  if (file === null) return;
  try {
    for await (const lines of readLines(file, { from: 0, to: file.stat().size })) {
      for (const { bytes } of lines) {
        const line = parseReceiptLine(bytes);
        if (line !== null) yield { line, bytes };
      }
    }
  } finally {
    await file.close();
  }
}

/**
 * Reads a line; null where it is none. A torn one is what a crash cut short: what it was about did not
 * begin.
 */
export function parseReceiptLine(bytes: Uint8Array): ReceiptLine | null {
  if (bytes.length > LINE_BYTES_MAX) return null;
  try {
    const line: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isReceiptLine(line) ? line : null;
  } catch {
    return null;
  }
}

function isReceiptLine(line: unknown): line is ReceiptLine {
  if (!isObject(line)) return false;
  const { receipt, id, at, operation, file, old, new: replacement, cut, details } = line;
  return (receipt === "intent" || receipt === "done" || receipt === "not_done") &&
    typeof id === "string" && typeof at === "number" &&
    isAbsentOr(operation, (value) => typeof value === "string") &&
    isAbsentOr(file, (value) => typeof value === "string") &&
    isAbsentOr(old, isFingerprint) && isAbsentOr(replacement, isFingerprint) &&
    isAbsentOr(cut, isCutBytes) && isAbsentOr(details, isObject);
}

function isAbsentOr(value: unknown, isValid: (value: unknown) => boolean): boolean {
  return value === undefined || value === null || isValid(value);
}

function isFingerprint(value: unknown): value is FileFingerprint {
  return isObject(value) && typeof value.identity === "string" && isSize(value.size) &&
    typeof value.sha256 === "string";
}

function isCutBytes(value: unknown): value is CutBytes {
  return isObject(value) && isSize(value.from) && isSize(value.to) &&
    typeof value.sha256 === "string";
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
