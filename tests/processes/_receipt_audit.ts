/**
 * Whether the receipts of a store account for everything that maintenance did to it.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { Sidecar } from "../../lib/storage/sidecar.ts";
import { listParts } from "../../lib/storage/store_parts.ts";
import { resolveStorePaths } from "../../lib/storage/store_paths.ts";
import type { JsonFilePersistence, Receipt } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";

interface Fingerprint {
  readonly identity: string;
  readonly size: number;
  readonly sha256: string;
}

interface RemovedPart {
  readonly length: number;
  readonly text?: string;
  readonly base64?: string;
}

interface Details {
  readonly file: string;
  readonly reason?: string;
  readonly old: Fingerprint | null;
  /** Null where nothing was put in its place. */
  readonly new: Fingerprint | null;
  /** Of a compaction, by kind; of a recovery, the parts themselves. */
  readonly removed?: Readonly<Record<string, { records: number; bytes: number }>> | RemovedPart[];
  readonly removed_ranges?: number;
  readonly removed_bytes?: number;
  readonly sha256?: string;
  readonly kept_in?: string;
  readonly originals?: readonly string[];
}

// Checkpoints are no records: the old ones go, a new one comes.
const CHECKPOINTS_BYTES_MAX = 512;

/** Follows the receipts of one store from round to round. */
export class ReceiptAudit {
  /** Changes that were made. */
  done = 0;
  /** Segments that were compressed. */
  compressed = 0;
  /** Records that compactions removed. */
  removedRecords = 0;
  /** Lines that recoveries removed. */
  removedLines = 0;
  readonly #path: string;
  readonly #awaited = new Set<string>();
  #seen = 0;
  // The store's files by identity, with what maintenance made of them.
  #files = new Map<string, Fingerprint | null>();

  constructor(path: string) {
    this.#path = path;
  }

  /** A text was put into the store that is no record: a receipt must say where it went. */
  expect(text: string): void {
    this.#awaited.add(text);
  }

  /** Takes in what is new; nobody may work on the store, which was recovered. */
  async look(store: JsonFilePersistence): Promise<void> {
    const receipts: Receipt[] = [];
    for await (const receipt of store.history()) receipts.push(receipt);
    assertEquals(receipts.filter(({ outcome }) => outcome === "pending"), []);
    const fresh = receipts.slice(this.#seen).filter(({ outcome }) => outcome === "done");
    this.#seen = receipts.length;
    await expectNamed(this.#path, receipts);
    for (const receipt of fresh) await this.#take(receipt);
    assertEquals([...this.#awaited], [], "what was removed is kept nowhere");
    await this.#expectFiles();
  }

  // No file is gone without a receipt, and what maintenance made stands as it did.
  async #expectFiles(): Promise<void> {
    const files = new Map<string, Fingerprint | null>();
    const paths = await resolveStorePaths(nativeFileSystem, this.#path);
    for (const { path, stat } of await listParts(nativeFileSystem, paths)) {
      const made = this.#files.get(stat.identity) ?? null;
      files.set(stat.identity, made);
      this.#files.delete(stat.identity);
      if (made === null) continue;
      const bytes = (await Deno.readFile(path)).subarray(0, made.size);
      assertEquals(sha256Of(bytes), made.sha256, `what maintenance made of ${path}`);
    }
    assertEquals([...this.#files.keys()], [], "no receipt says where these files went");
    this.#files = files;
  }

  async #take({ operation, details: all }: Receipt): Promise<void> {
    const details = all as unknown as Details;
    this.done++;
    const { old, new: replacement } = details;
    if (old === null) return;
    this.#files.delete(old.identity);
    if (replacement !== null) this.#files.set(replacement.identity, replacement);
    const removedBytes = operation === "compact"
      ? this.#takeCompaction(details)
      : await this.#takeRecovery(details, old);
    if (details.reason === "compress") this.compressed++;
    // What compression takes, or a compressed file, says nothing of the bytes in it.
    if (details.reason === "compress" || details.file.endsWith(".gz")) return;
    const difference = old.size - removedBytes - (replacement?.size ?? 0);
    assert(Math.abs(difference) <= CHECKPOINTS_BYTES_MAX, `${difference} bytes have no receipt`);
  }

  #takeCompaction({ removed = {} }: Details): number {
    const kinds = Object.values(removed as Record<string, { records: number; bytes: number }>);
    for (const { records } of kinds) this.removedRecords += records;
    return kinds.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async #takeRecovery(details: Details, old: Fingerprint): Promise<number> {
    const { removed_ranges: lines = 0, removed_bytes: count = 0 } = details;
    this.removedLines += lines;
    const [original] = details.originals ?? [];
    if (original !== undefined) await this.#takeOriginal(original, old);
    else if (count > 0) this.#takeParts(await partsOf(details), details);
    return count;
  }

  async #takeOriginal(original: string, { size, sha256 }: Fingerprint): Promise<void> {
    const bytes = await Deno.readFile(original);
    assertEquals({ size: bytes.length, sha256: sha256Of(bytes) }, { size, sha256 });
    this.#find(bytes);
    // Nobody needs hundreds of them.
    await Deno.remove(original);
  }

  #takeParts(parts: readonly RemovedPart[], { removed_bytes, sha256 }: Details): void {
    const bytes = Uint8Array.from(parts.flatMap((part) => [...bytesOf(part)]));
    assertEquals(
      { bytes: bytes.length, sha256: sha256Of(bytes) },
      { bytes: removed_bytes!, sha256: sha256! },
      "what was removed is kept",
    );
    this.#find(bytes);
  }

  #find(bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes);
    for (const awaited of this.#awaited) {
      if (text.includes(awaited)) this.#awaited.delete(awaited);
    }
  }
}

/** Everything under `removed/` is named by a receipt. */
export async function expectNamed(path: string, receipts: readonly Receipt[]): Promise<void> {
  const { sidecar } = await resolveStorePaths(nativeFileSystem, path);
  const removed = new Sidecar(nativeFileSystem, sidecar).pathOf("removed");
  const files = (await nativeFileSystem.list(removed)).map((name) => join(removed, name));
  const named = receipts.map(({ details }) => details.kept_in);
  assertEquals(files.filter((file) => !named.includes(file)), [], "no receipt names these");
}

async function partsOf({ removed, kept_in: path }: Details): Promise<readonly RemovedPart[]> {
  if (path === undefined) return removed as RemovedPart[];
  const lines = (await Deno.readTextFile(path)).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as RemovedPart);
}

function bytesOf({ text, base64 = "" }: RemovedPart): Uint8Array {
  if (text !== undefined) return new TextEncoder().encode(text);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
