/**
 * Appends to a new file in large pieces and digests what goes there.
 *
 * @module
 */

import type { StreamDigest } from "../../../storage/digests.ts";
import { appendAll, type Sink } from "../../../storage/whole_file.ts";

const BUFFER_BYTES = 1024 * 1024;

/** A writer with a buffer. */
export class BufferedWriter {
  readonly #file: Sink;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #digest: StreamDigest;
  #length = 0;
  #size = 0;

  constructor(file: Sink, digest: StreamDigest) {
    this.#file = file;
    this.#digest = digest;
  }

  /** Bytes given to it so far. */
  get size(): number {
    return this.#size;
  }

  /** Takes bytes. */
  write(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#length + bytes.length > BUFFER_BYTES) this.flush();
    if (bytes.length > BUFFER_BYTES) {
      this.#put(bytes);
    } else {
      this.#buffer.set(bytes, this.#length);
      this.#length += bytes.length;
    }
  }

  /** Gives everything to the file. */
  flush(): void {
    if (this.#length > 0) this.#put(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }

  /** SHA-256 of everything, hexadecimal. The writer takes nothing afterwards. */
  digest(): Promise<string> {
    return this.#digest.hex();
  }

  #put(bytes: Uint8Array): void {
    this.#digest.update(bytes);
    appendAll(this.#file, bytes);
  }
}
