/**
 * SHA-256 of what a maintenance run reads and writes: of much, on a thread of its own.
 *
 * A digest takes about as long as checking the lines does. Beside it, it costs nothing but a second
 * core's time.
 *
 * @module
 */

import type { Worker } from "node:worker_threads";
import { createHash } from "./late_modules.ts";

/** One digest in the making. */
export interface StreamDigest {
  /** Takes the next bytes, which may change afterwards. */
  update(bytes: Uint8Array): void;
  /** The digest of all of them, hexadecimal. Nothing is taken afterwards. */
  hex(): Promise<string>;
}

/** Digests that are made together. */
export interface Digests {
  /** Begins one. */
  begin(): StreamDigest;
  /** Resolves once not too much waits to be taken in: memory is bounded for who awaits this now and then. */
  room(): Promise<void>;
  /** Lets go of what they needed. */
  close(): Promise<void>;
}

// A thread takes some fifteen megabytes of its own; what is digested in a moment needs none.
const INLINE_BYTES_MAX = 128 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
const WAITING_PIECES_MAX = 16;

/** Digests of streams that are about so long together. */
export async function openDigests(expectedBytes: number): Promise<Digests> {
  if (expectedBytes <= INLINE_BYTES_MAX) return inlineDigests;
  const thread = await startThread();
  return thread === null ? inlineDigests : new DigestThread(thread);
}

// Null where the system allows no more of them: without one it takes longer, and that is all.
async function startThread(): Promise<Worker | null> {
  // Loaded only here: a short command would take longer to start for it.
  const { Worker } = await import("node:worker_threads");
  try {
    return new Worker(THREAD_SOURCE, { eval: true });
  } catch {
    return null;
  }
}

const inlineDigests: Digests = {
  begin: () => {
    const hash = createHash("sha256");
    return {
      update: (bytes) => void hash.update(bytes),
      hex: () => Promise.resolve(hash.digest("hex")),
    };
  },
  room: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

// As text: a program in one file has no other file that a thread could be started from.
const THREAD_SOURCE = `
const { createHash } = require("node:crypto");
const { parentPort } = require("node:worker_threads");
const hashes = new Map();
parentPort.on("message", ({ id, piece, length }) => {
  if (!hashes.has(id)) hashes.set(id, createHash("sha256"));
  if (piece === null) return parentPort.postMessage({ id, hex: hashes.get(id).digest("hex") });
  hashes.get(id).update(new Uint8Array(piece, 0, length));
  parentPort.postMessage({ piece }, [piece]);
});
`;

interface ThreadAnswer {
  readonly id?: number;
  readonly hex?: string;
  readonly piece?: ArrayBuffer;
}

class DigestThread implements Digests {
  readonly #thread: Worker;
  readonly #free: ArrayBuffer[] = [];
  readonly #digests: PromiseWithResolvers<string>[] = [];
  #waitingPieces = 0;
  #room: PromiseWithResolvers<void> | null = null;
  #failure: Error | null = null;

  constructor(thread: Worker) {
    this.#thread = thread;
    this.#thread.on("message", (answer: ThreadAnswer) => this.#take(answer));
    this.#thread.on("error", (error: Error) => this.#fail(error));
    this.#thread.on("exit", () => this.#fail(new Error("The thread of the digests has ended")));
  }

  begin(): StreamDigest {
    const id = this.#digests.length;
    const digest = Promise.withResolvers<string>();
    // Of a run that fails, nobody asks for it.
    digest.promise.catch(() => {});
    this.#digests.push(digest);
    return {
      update: (bytes) => this.#send(id, bytes),
      hex: () => {
        this.#thread.postMessage({ id, piece: null, length: 0 });
        return digest.promise;
      },
    };
  }

  room(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#waitingPieces <= WAITING_PIECES_MAX) return Promise.resolve();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  #send(id: number, bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      const part = bytes.subarray(from, from + PIECE_BYTES);
      const piece = this.#free.pop() ?? new ArrayBuffer(PIECE_BYTES);
      new Uint8Array(piece).set(part);
      this.#thread.postMessage({ id, piece, length: part.length }, [piece]);
      this.#waitingPieces++;
    }
  }

  #take({ id, hex, piece }: ThreadAnswer): void {
    if (id !== undefined && hex !== undefined) this.#digests[id]!.resolve(hex);
    if (piece === undefined) return;
    this.#free.push(piece);
    if (--this.#waitingPieces > WAITING_PIECES_MAX) return;
    this.#room?.resolve();
    this.#room = null;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#room?.reject(error);
    for (const { reject } of this.#digests) reject(error);
  }
}
