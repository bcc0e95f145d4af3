/**
 * Keeps every byte that a repair removes: in the receipt where they are few, else in a file of their
 * own under `removed/`, one JSON line for each part. Until a receipt names that file it is a temporary
 * one, so that a crash leaves nothing that nobody knows of.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { createHash } from "../../../storage/late_modules.ts";
import type { AnomalyCode } from "../../../model/anomaly.ts";
import type { RemovedRange } from "../../../model/report.ts";
import { readRange } from "../../../storage/byte_range.ts";
import { contentDamage } from "../../../storage/compressed/compressed_file.ts";
import type { OpenFile, ReadableFile } from "../../../storage/file_system.ts";
import { appendAll, removeIfThere, tempPathFor } from "../../../storage/whole_file.ts";
import type { FileStore } from "../store/file_store.ts";
import type { StoreLine } from "../store/store_lines.ts";

/** What the names of files begin with that a receipt is yet to name. */
export const REMOVED_PREFIX = "removed";
const INLINE_BYTES_MAX = 4096;
/** Ranges that a report shows. */
export const RANGES_SHOWN_MAX = 1000;

/** Bytes that a repair removed. */
export class RemovedBytes {
  /** The first ranges. */
  readonly ranges: RemovedRange[] = [];
  /** How many ranges there are. */
  count = 0;
  /** How many bytes they hold. */
  bytes = 0;
  /** Whether the bytes are kept, not only the ranges noted. */
  readonly keepsBytes: boolean;

  readonly #store: FileStore;
  readonly #temp: string;
  readonly #path: string;
  readonly #hash = createHash("sha256");
  #inline: string[] = [];
  #inlineBytes = 0;
  #file: OpenFile | null = null;

  /** The file is named after the receipt; without `keepsBytes` only the ranges are noted. */
  constructor(store: FileStore, receipt: string, keepsBytes: boolean) {
    this.#store = store;
    this.#path = join(store.sidecar.pathOf("removed"), `${receipt}.ndjson`);
    this.#temp = tempPathFor(join(store.sidecar.path, REMOVED_PREFIX));
    this.keepsBytes = keepsBytes;
  }

  /** The file that holds the bytes, or is about to; null where they are few. */
  get path(): string | null {
    return this.#file === null ? null : this.#path;
  }

  /** Takes in a line of `source` that is about to be removed. */
  async add(line: StoreLine, source: ReadableFile, code: AnomalyCode): Promise<void> {
    const { offset, length } = line;
    this.count++;
    this.bytes += length;
    if (this.ranges.length < RANGES_SHOWN_MAX) {
      this.ranges.push({ file: line.path, offset, length, code });
    }
    // What could not be decompressed is kept with the whole file.
    if (!this.keepsBytes || contentDamage(source, offset, length) !== null) return;
    let at = offset;
    for await (const part of readRange(source, { from: offset, to: offset + length })) {
      this.#hash.update(part);
      await this.#addText(partLine(part, at, code));
      at += part.length;
    }
  }

  /** Waits until the bytes are on the disk. The receipt may be written then. */
  async sync(): Promise<void> {
    await this.#file?.sync();
  }

  /** Puts them where the receipt says that they are. */
  async keep(): Promise<void> {
    if (this.#file === null) return;
    const { fileSystem } = this.#store;
    const directory = dirname(this.#path);
    await fileSystem.makeDirectory(directory);
    await fileSystem.rename(this.#temp, this.#path);
    await fileSystem.syncDirectory(directory);
  }

  /** What the receipt says of them. */
  details(): Record<string, unknown> {
    const common = { removed_ranges: this.count, removed_bytes: this.bytes };
    if (!this.keepsBytes) return { ...common, ranges: this.ranges };
    if (this.count === 0) return common;
    const sha256 = this.#hash.copy().digest("hex");
    return this.#file === null
      ? { ...common, sha256, removed: this.#inline.map((line): unknown => JSON.parse(line)) }
      : { ...common, sha256, kept_in: this.#path, ranges: this.ranges };
  }

  /** Removes the file again: what it holds was not removed after all. */
  async discard(): Promise<void> {
    if (this.#file === null) return;
    await this.#file.close();
    const { fileSystem } = this.#store;
    await removeIfThere(fileSystem, this.#temp);
    await removeIfThere(fileSystem, this.#path);
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #addText(line: string): Promise<void> {
    if (this.#file === null && this.#inlineBytes + line.length <= INLINE_BYTES_MAX) {
      this.#inline.push(line);
      this.#inlineBytes += line.length;
      return;
    }
    if (this.#file === null) {
      this.#file = await this.#store.fileSystem.open(this.#temp, {
        access: "append",
        createExclusively: true,
      });
      const before = this.#inline.map((text) => `${text}\n`).join("");
      this.#inline = [];
      appendAll(this.#file, new TextEncoder().encode(before));
    }
    appendAll(this.#file, new TextEncoder().encode(`${line}\n`));
  }
}

/** One part of what was removed, as a JSON line: as text where it is, else as base64. */
export function partLine(part: Uint8Array, offset: number, code: AnomalyCode): string {
  const common = { offset, length: part.length, code };
  // What a power cut leaves can be gigabytes of nothing.
  if (part.every((byte) => byte === 0)) return JSON.stringify({ ...common, fill: 0 });
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part);
    return JSON.stringify({ ...common, text });
  } catch {
    return JSON.stringify({ ...common, base64: toBase64(part) });
  }
}

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
