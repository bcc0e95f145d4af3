/**
 * The port through which a store touches a disk. Nothing else under `lib/` does.
 *
 * Calls that may wait for the disk return promises; calls that the page cache answers in
 * microseconds do not, because they stand in the path of every batch.
 *
 * Every failure is thrown as the operating system's error with its `code` (`ENOENT`, `ENOSPC`, …).
 *
 * @module
 */

/** What tells one file from another, also one that took its name: device, inode and birth time. */
export type FileIdentity = string;

/** Whose a file is, and what may be done with it. */
export interface Ownership {
  /** Id of the user that it belongs to. */
  readonly user: number;
  /** Id of its group. */
  readonly group: number;
  /** The permission bits of its mode. */
  readonly mode: number;
  /** Whether it belongs to root or to this user; true where nobody can tell who this user is. */
  readonly isTrusted: boolean;
}

/** What the file system says of a file. */
export interface FileStat {
  /** Device, inode and birth time. */
  readonly identity: FileIdentity;
  /** What it is. */
  readonly type: "file" | "directory" | "link" | "other";
  /** Its size in bytes. */
  readonly size: number;
  /** When it was last written, Unix milliseconds. */
  readonly modifiedMs: number;
  /** When it was made, Unix milliseconds; when it was last written, where nobody can tell. */
  readonly createdMs: number;
  /** Whose it is; left out where the file system knows no users. */
  readonly ownership?: Ownership;
}

/** What an opening is for. */
export interface OpenOptions {
  /** `read`, or `append` which reads too and writes at the end wherever that is. */
  readonly access: "read" | "append";
  /** Make the file, with mode 0600, and fail with EEXIST where the name is taken, even by a link. */
  readonly createExclusively?: boolean;
  /** A file whose owner and mode the new one gets. @default {the directory's owner, mode 0600} */
  readonly like?: FileStat;
  /** Everybody may read the new one. @default {false} */
  readonly isPublic?: boolean;
  /** Whether {@linkcode OpenFile.tryLock} will be called. */
  readonly lockable?: boolean;
}

/** How a lock is shared. */
export type LockMode = "shared" | "exclusive";

/** One opening of one file, as far as its content goes. */
export interface ReadableFile {
  /** The path that it was opened by. */
  readonly path: string;
  /** What the file system says of the opened file, whatever its path names by now. */
  stat(): FileStat;
  /** Reads at `position` into `buffer`; returns the bytes read, fewer only at the end. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Lets go of the lock and of the file. Idempotent. */
  close(): Promise<void>;
}

/** One opening of one file. */
export interface OpenFile extends ReadableFile {
  /** The same at once, for a few bytes that were just written. */
  readNow(buffer: Uint8Array, position: number): number;
  /** Writes at the end of the file; returns the bytes written, which may be fewer. */
  append(bytes: Uint8Array): number;
  /** Cuts the file to `size` bytes. */
  truncate(size: number): Promise<void>;
  /** Waits until content and metadata are on the disk. */
  sync(): Promise<void>;
  /** Waits until the content, and the metadata needed to read it, are on the disk. */
  syncData(): Promise<void>;
  /**
   * Takes an flock without waiting; false where another opening has it. It belongs to this opening
   * and dies with it or with the process. Throws LOCK_UNSUPPORTED where the runtime has none.
   */
  tryLock(mode: LockMode): boolean;
  /** Lets go of the lock. */
  unlock(): void;
}

/**
 * A file system. What is opened, made, renamed or removed is named by a path without links, as
 * {@linkcode FileSystem.realPath} gives it: a link in it was planted since, and is refused with ELOOP.
 */
export interface FileSystem {
  /** Opens a regular file, and never waits for it; throws EISDIR or EFTYPE for anything else. */
  open(path: string, options: OpenOptions): Promise<OpenFile>;
  /** What a path names, links followed; null where there is nothing. */
  stat(path: string): FileStat | null;
  /** What a path names, a link itself included; null where there is nothing. */
  statLink(path: string): FileStat | null;
  /**
   * The absolute path without links. Throws ENOENT where there is nothing, and NOT_A_STORE where another
   * user's link leads to what is not theirs.
   */
  realPath(path: string): Promise<string>;
  /** The names in a directory, sorted; empty where there is no such directory. */
  list(directory: string): Promise<string[]>;
  /**
   * Makes a directory with mode 0700 and those above it, and syncs what holds each new one. It gets
   * the owner of `like`, or else of the directory above it, where this user may give it away.
   */
  makeDirectory(path: string, like?: string): Promise<void>;
  /** Gives a file a new name, in place of what had that name; before this returns. */
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name; throws EEXIST where it is taken. */
  link(from: string, to: string): Promise<void>;
  /** Takes a name away; before this returns. */
  unlink(path: string): Promise<void>;
  /** Waits until the names in a directory are on the disk. */
  syncDirectory(path: string): Promise<void>;
  /** Bytes that this user may still write on the file system of `path`. */
  freeBytes(path: string): Promise<number>;
}
