/** Which situations a run of several processes has been in: those that are known to be hard. */

import type { Call } from "./_scheduled_file_system.ts";

const OF_ALL = [
  "a writer between two compactions",
  "a cut-back beside a copy",
  "a power cut before a rename's directory was synced",
  "a file replaced between a reader's listing and its opening",
] as const;
const OF_ROTATING = ["a sealing beside a copy"] as const;

/** One of them. */
export type Situation = typeof OF_ALL[number] | typeof OF_ROTATING[number];

/** Those that a kind of store can be in. */
export function situationsOf(kind: { readonly isRotating: boolean }): readonly Situation[] {
  return kind.isRotating ? [...OF_ALL, ...OF_ROTATING] : OF_ALL;
}

/** Watches the calls of one run. */
export class Situations {
  readonly #storePath: string;
  readonly #reached = new Set<Situation>();
  // Who replaced a file last, and whether another has written to the store since.
  #replacedBy: string | null = null;
  #isWrittenSince = false;
  #copiedBy: string | null = null;
  #isRenameUnsynced = false;
  #renames = 0;
  // Who has listed the store's directory and not opened anything yet; whether it has changed since.
  readonly #listings = new Map<string, boolean>();

  constructor(storePath: string) {
    this.#storePath = storePath;
  }

  /** Those reached so far. */
  get reached(): ReadonlySet<Situation> {
    return this.#reached;
  }

  /** How often a file of the store was replaced or sealed. */
  get renames(): number {
    return this.#renames;
  }

  /** Whether that of the last one is in no synced directory yet. */
  get isRenameUnsynced(): boolean {
    return this.#isRenameUnsynced;
  }

  /** The next call. */
  note(call: Call): void {
    const { name, path } = call;
    if (path.includes("/rewrite.")) this.#noteCopy(call);
    if (name === "list" || name === "open") this.#noteLook(call);
    if (name === "syncDirectory" && this.#storePath.startsWith(`${path}/`)) {
      this.#isRenameUnsynced = false;
    }
    if (path.startsWith(this.#storePath)) this.#noteOfStore(call);
  }

  /** The power is cut. */
  notePowerCut(): void {
    if (this.#isRenameUnsynced) this.#reach("a power cut before a rename's directory was synced");
  }

  #noteOfStore({ process, name }: Call): void {
    const isBesideCopy = this.#copiedBy !== null && this.#copiedBy !== process;
    if (name === "append" && this.#replacedBy !== process) this.#isWrittenSince = true;
    if (name === "truncate" && isBesideCopy) this.#reach("a cut-back beside a copy");
    if (name !== "rename") return;
    this.#isRenameUnsynced = true;
    this.#renames++;
    for (const reader of this.#listings.keys()) {
      if (reader !== process) this.#listings.set(reader, true);
    }
    // Whoever renames what it did not copy seals.
    if (this.#copiedBy !== process) {
      if (isBesideCopy) this.#reach("a sealing beside a copy");
      return;
    }
    const isBetween = this.#replacedBy !== null && this.#isWrittenSince;
    if (isBetween) this.#reach("a writer between two compactions");
    this.#replacedBy = process;
    this.#isWrittenSince = false;
    this.#copiedBy = null;
  }

  #noteCopy({ process, name }: Call): void {
    if (name === "create") this.#copiedBy = process;
    if (name === "unlink") this.#copiedBy = null;
  }

  #noteLook({ process, name, path }: Call): void {
    if (name === "list" && this.#storePath.startsWith(`${path}/`)) {
      this.#listings.set(process, false);
    } else if (name === "open" && path.startsWith(this.#storePath)) {
      const isChanged = this.#listings.get(process) === true;
      if (isChanged) {
        this.#reach("a file replaced between a reader's listing and its opening");
      }
      this.#listings.delete(process);
    }
  }

  #reach(situation: Situation): void {
    this.#reached.add(situation);
  }
}
