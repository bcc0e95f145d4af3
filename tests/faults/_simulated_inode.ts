import type { Random } from "../_random.ts";

/** What was done to a file's content since it was last synced. */
type ContentChange =
  | { readonly kind: "append"; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly size: number };

/** A file of the simulated disk: its content in memory, and what of it is on the disk. */
export class SimulatedInode {
  readonly number: number;
  readonly bornMs: number;
  content: Uint8Array;
  /** Openings that hold a lock on it, and how. */
  readonly locks = new Map<object, "shared" | "exclusive">();
  #synced: Uint8Array;
  #changes: ContentChange[] = [];

  constructor(number: number, bornMs: number, content: Uint8Array = new Uint8Array(0)) {
    this.number = number;
    this.bornMs = bornMs;
    this.content = content;
    this.#synced = content;
  }

  /** The same file again, with what is not synced yet. Locks are gone. */
  copy(): SimulatedInode {
    const copy = new SimulatedInode(this.number, this.bornMs, this.content);
    copy.#synced = this.#synced;
    copy.#changes = [...this.#changes];
    return copy;
  }

  append(bytes: Uint8Array): void {
    this.#apply({ kind: "append", bytes: bytes.slice() });
  }

  truncate(size: number): void {
    this.#apply({ kind: "truncate", size });
  }

  sync(): void {
    this.#synced = this.content;
    this.#changes = [];
  }

  /** A content that a power cut could leave: some of the changes, the last of them perhaps torn. */
  afterPowerCut(random: Random): Uint8Array {
    const kept = random.below(this.#changes.length + 1);
    let content = this.#changes.slice(0, kept).reduce(applied, this.#synced);
    const next = this.#changes[kept];
    if (next?.kind === "append" && random.below(2) === 0) {
      content = applied(content, { kind: "append", bytes: torn(next.bytes, random) });
    }
    return content;
  }

  #apply(change: ContentChange): void {
    this.content = applied(this.content, change);
    this.#changes.push(change);
  }
}

function applied(content: Uint8Array, change: ContentChange): Uint8Array {
  if (change.kind === "truncate") return content.slice(0, change.size);
  const grown = new Uint8Array(content.length + change.bytes.length);
  grown.set(content);
  grown.set(change.bytes, content.length);
  return grown;
}

// A write reaches the disk up to some byte; its size may be there before its bytes, which are NUL then.
function torn(bytes: Uint8Array, random: Random): Uint8Array {
  const reached = random.below(bytes.length + 1);
  if (random.below(3) > 0) return bytes.slice(0, reached);
  const padded = new Uint8Array(bytes.length);
  padded.set(bytes.subarray(0, reached));
  return padded;
}
