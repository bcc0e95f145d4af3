/**
 * A disk in memory that forgets what was not synced when its power is cut.
 *
 * Content survives up to the last sync, and of what came later any beginning, torn at any byte. Names
 * survive up to the last sync of their directory, and of what was done later any beginning. A rename
 * within a directory is one change, as every journal makes it; one between directories never loses its
 * file, but may leave it under both names.
 */

import { dirname } from "node:path";
import type { Random } from "../_random.ts";
import { SimulatedInode } from "./_simulated_inode.ts";

/** What was done to a directory's names since it was last synced. */
interface NameChange {
  readonly name: string;
  /** What the name stands for then; null where it is gone. */
  readonly inode: SimulatedInode | null;
  /** The name in the same directory that goes with it; null where it is no rename. */
  readonly from: string | null;
  /** The change in another directory that has to last first. */
  readonly after: NameChange | null;
}

// Changes that a sync has made last, so that those that wait for them may last too.
const settled = new WeakSet<NameChange>();

class SimulatedDirectory {
  names = new Map<string, SimulatedInode>();
  synced = new Map<string, SimulatedInode>();
  changes: NameChange[] = [];
  changeCount = 0;

  change(
    name: string,
    inode: SimulatedInode | null,
    { from = null, after = null }: Partial<NameChange> = {},
  ): NameChange {
    const change = { name, inode, from, after };
    this.changes.push(change);
    this.changeCount++;
    apply(this.names, change);
    return change;
  }
}

const SEGMENT = /\.\d{16}$/;

/** A disk of files in directories; paths are absolute. */
export class SimulatedDisk {
  readonly #directories = new Map<string, SimulatedDirectory>([["/", new SimulatedDirectory()]]);
  #nextInode = 1;
  /** Bytes that may still be written. */
  freeBytes = Infinity;
  /** Directories on a file system of their own: nothing is linked or moved into or out of them. */
  mounts: readonly string[] = [];

  /** What no program may do, and one did. */
  readonly misuses: string[] = [];

  /** A file is about to be changed in place, which may not happen to a sealed segment. */
  noteChange(inode: SimulatedInode): void {
    for (const { names } of this.#directories.values()) {
      for (const [name, named] of names) {
        if (named === inode && SEGMENT.test(name)) {
          this.misuses.push(`${name} was changed in place`);
        }
      }
    }
  }

  /** Makes a file. Throws EEXIST. */
  create(path: string): SimulatedInode {
    const directory = this.#directoryOf(path);
    if (directory.names.has(path) || this.#directories.has(path)) throw osError("EEXIST", path);
    // The number tells births apart as a clock would that ticks for each.
    const inode = new SimulatedInode(this.#nextInode, this.#nextInode);
    this.#nextInode++;
    directory.change(path, inode);
    return inode;
  }

  /** The file at a path; null where there is none. */
  find(path: string): SimulatedInode | null {
    return this.#directories.get(dirname(path))?.names.get(path) ?? null;
  }

  /** Whether a path is a directory. */
  isDirectory(path: string): boolean {
    return this.#directories.has(path);
  }

  /** How often a name in a directory has changed, which tells moments apart as a fine clock would. */
  changesIn(path: string): number {
    return this.#directories.get(path)?.changeCount ?? 0;
  }

  /** Makes a directory and those above it. That they last is taken for granted. */
  makeDirectory(path: string): void {
    if (this.#directories.has(path)) return;
    this.makeDirectory(dirname(path));
    this.#directories.set(path, new SimulatedDirectory());
  }

  /** The last parts of the names in a directory. */
  list(path: string): string[] {
    const prefix = path === "/" ? "/" : `${path}/`;
    const files = this.#directories.get(path)?.names.keys() ?? [];
    const directories = [...this.#directories.keys()]
      .filter((name) => name !== "/" && dirname(name) === path);
    return [...files, ...directories].map((name) => name.slice(prefix.length)).sort();
  }

  /** Gives a file another name. */
  rename(from: string, to: string): void {
    const inode = this.#existing(from);
    this.#assertSameMount(from, to);
    if (dirname(from) === dirname(to)) {
      this.#directoryOf(to).change(to, inode, { from });
      return;
    }
    const after = this.#directoryOf(to).change(to, inode);
    this.#directoryOf(from).change(from, null, { after });
  }

  /** Gives a file a second name. */
  link(from: string, to: string): void {
    const inode = this.#existing(from);
    this.#assertSameMount(from, to);
    if (this.find(to) !== null) throw osError("EEXIST", to);
    this.#directoryOf(to).change(to, inode);
  }

  /** Takes a name away. */
  unlink(path: string): void {
    this.#existing(path);
    this.#directoryOf(path).change(path, null);
  }

  /** Makes the names in a directory last. */
  syncDirectory(path: string): void {
    const directory = this.#directories.get(path);
    if (directory === undefined) throw osError("ENOENT", path);
    // What a change depends on lasts with it.
    for (const change of directory.changes) {
      if (change.after !== null) this.#settle(change.after);
      settled.add(change);
    }
    directory.synced = new Map(directory.names);
    directory.changes = [];
  }

  /** Makes everything last. */
  sync(): void {
    for (const [path, { names }] of this.#directories) {
      for (const inode of names.values()) inode.sync();
      this.syncDirectory(path);
    }
  }

  /** The same disk again, with what is not synced yet. Locks are gone. */
  copy(): SimulatedDisk {
    const copy = new SimulatedDisk();
    copy.#nextInode = this.#nextInode;
    const inodes = new Map<SimulatedInode, SimulatedInode>();
    const changes = new Map<NameChange, NameChange>();
    const inodeOf = (inode: SimulatedInode): SimulatedInode => {
      const known = inodes.get(inode) ?? inode.copy();
      inodes.set(inode, known);
      return known;
    };
    const changeOf = (change: NameChange): NameChange => {
      const known = changes.get(change) ?? {
        ...change,
        inode: change.inode && inodeOf(change.inode),
        after: change.after && changeOf(change.after),
      };
      changes.set(change, known);
      if (settled.has(change)) settled.add(known);
      return known;
    };
    for (const [path, original] of this.#directories) {
      const directory = new SimulatedDirectory();
      for (const [name, inode] of original.names) directory.names.set(name, inodeOf(inode));
      for (const [name, inode] of original.synced) directory.synced.set(name, inodeOf(inode));
      directory.changes = original.changes.map(changeOf);
      copy.#directories.set(path, directory);
    }
    copy.freeBytes = this.freeBytes;
    copy.mounts = this.mounts;
    return copy;
  }

  /** A disk that a power cut at this moment could leave. Locks are gone. */
  afterPowerCut(random: Random): SimulatedDisk {
    const survivor = new SimulatedDisk();
    survivor.#nextInode = this.#nextInode;
    const kept = new Set<NameChange>();
    const inodes = new Map<SimulatedInode, SimulatedInode>();
    for (const path of this.#inOrderOfDependence()) {
      const directory = this.#directories.get(path)!;
      const names = survivingNames(directory, kept, random);
      survivor.makeDirectory(path);
      const target = survivor.#directories.get(path)!;
      for (const [name, inode] of names) {
        const copy = inodes.get(inode) ??
          new SimulatedInode(inode.number, inode.bornMs, inode.afterPowerCut(random));
        inodes.set(inode, copy);
        target.names.set(name, copy);
      }
      target.synced = new Map(target.names);
    }
    return survivor;
  }

  /** Every name of a file, and the file. */
  get files(): readonly (readonly [path: string, inode: SimulatedInode])[] {
    return [...this.#directories.values()].flatMap(({ names }) => [...names]);
  }

  /** Every file with its content, for people. */
  describe(): string {
    return this.files.map(([path, { number, content }]) => {
      const text = JSON.stringify(new TextDecoder().decode(content)).replaceAll("\\n", "\n    ");
      return `  ${path} (inode ${number}, ${content.length} bytes)\n    ${text}`;
    }).join("\n");
  }

  #assertSameMount(from: string, to: string): void {
    const mountOf = (path: string) => this.mounts.find((mount) => path.startsWith(`${mount}/`));
    if (mountOf(from) !== mountOf(to)) throw osError("EXDEV", to);
  }

  // Directories whose changes others wait for come first.
  #inOrderOfDependence(): string[] {
    return [...this.#directories.keys()].sort((one, other) => {
      const waits = (path: string) =>
        this.#directories.get(path)!.changes.some(({ after }) => after !== null) ? 1 : 0;
      return waits(one) - waits(other);
    });
  }

  #settle(change: NameChange): void {
    for (const directory of this.#directories.values()) {
      const index = directory.changes.indexOf(change);
      if (index === -1) continue;
      for (const earlier of directory.changes.splice(0, index + 1)) {
        apply(directory.synced, earlier);
        settled.add(earlier);
      }
    }
  }

  #existing(path: string): SimulatedInode {
    const inode = this.find(path);
    if (inode === null) throw osError("ENOENT", path);
    return inode;
  }

  #directoryOf(path: string): SimulatedDirectory {
    const directory = this.#directories.get(dirname(path));
    if (directory === undefined) throw osError("ENOENT", path);
    return directory;
  }
}

function survivingNames(
  directory: SimulatedDirectory,
  kept: Set<NameChange>,
  random: Random,
): Map<string, SimulatedInode> {
  const names = new Map(directory.synced);
  const count = random.below(directory.changes.length + 1);
  for (const change of directory.changes.slice(0, count)) {
    const isBlocked = change.after !== null && !isLasting(change.after, kept);
    if (isBlocked) break;
    apply(names, change);
    kept.add(change);
  }
  return names;
}

function isLasting(change: NameChange, kept: ReadonlySet<NameChange>): boolean {
  return kept.has(change) || settled.has(change);
}

function apply(names: Map<string, SimulatedInode>, { name, inode, from }: NameChange): void {
  if (from !== null) names.delete(from);
  if (inode === null) names.delete(name);
  else names.set(name, inode);
}

/** An error as the operating system gives it. */
export function osError(code: string, path: string): Error & { readonly code: string } {
  return Object.assign(new Error(`${code}: simulated, '${path}'`), { code });
}
