/**
 * Adds records up: how many there are of each kind, and what they say.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { RawRecord } from "../backend/raw_store.ts";
import type { RecordKind } from "../model/record.ts";
import type { CountByKind } from "../model/report.ts";
import { forKinds } from "./copy_cursor.ts";

/** Records of each kind: how many, and what they say. */
export interface CopyTally {
  /** How many. */
  readonly records: CountByKind;
  /** SHA-256 of each kind's records, hexadecimal: their JSON without numbering, a newline behind each. */
  readonly digests: { readonly [K in RecordKind]: string };
}

/** Adds up records. */
export class RecordTally {
  readonly #hashes = forKinds(() => new LineHash());
  readonly #records = { event: 0, audit: 0, dead_letter: 0 };

  /** Adds one. */
  add({ kind, json }: RawRecord): void {
    this.#records[kind]++;
    this.#hashes[kind].add(json);
  }

  /** The sums. It takes no more. */
  end(): CopyTally {
    return { records: this.#records, digests: forKinds((kind) => this.#hashes[kind].end()) };
  }
}

const BUFFER_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const encoder = new TextEncoder();

/** Hashes lines; they are gathered in one buffer, as each call costs and strings take memory. */
class LineHash {
  readonly #hash = createHash("sha256");
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #length = 0;

  add(line: string): void {
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    if (this.#length + line.length * 3 + 1 > BUFFER_BYTES) this.#flush();
    if (line.length * 3 + 1 > BUFFER_BYTES) {
      this.#hash.update(line).update("\n");
      return;
    }
    const { written } = encoder.encodeInto(line, this.#buffer.subarray(this.#length));
    this.#length += written;
    this.#buffer[this.#length++] = NEWLINE;
  }

  end(): string {
    this.#flush();
    return this.#hash.digest("hex");
  }

  #flush(): void {
    this.#hash.update(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }
}
