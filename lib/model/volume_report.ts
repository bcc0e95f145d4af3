/**
 * What is told of the volume that a directory lies on. Plain data; times are Unix seconds, sizes
 * bytes, durations seconds.
 *
 * @module
 */

/** The strongest durability that a store on a volume can have; `none` where it can only be read. */
export type VolumeDurability = "always" | "interval" | "os" | "none";

/** What a volume can promise of an acknowledged record, from the most to the least. */
export const VOLUME_DURABILITIES: readonly VolumeDurability[] = [
  "always",
  "interval",
  "os",
  "none",
];

/** What the operating system says of a volume. */
export interface VolumeFacts {
  /** The type of its file system: `ext4`, `tmpfs`, `nfs4`, `fuse.sshfs`; null where it is not told. */
  readonly type: string | null;
  /** Where it is mounted. */
  readonly mountPoint: string | null;
  /** What is mounted: a device, or a server's directory. */
  readonly source: string | null;
  /** How it is mounted. */
  readonly options: readonly string[];
  /** Its size. */
  readonly totalBytes: number;
  /** Bytes that this user may still write. */
  readonly freeBytes: number;
  /** Files that can still be made; null where no number limits them. */
  readonly freeFiles: number | null;
}

/** How a check ended. */
export type VolumeCheckResult = "ok" | "warning" | "failed" | "unknown";

/** Numbers that a check has measured or counted. */
export type VolumeFigures = { readonly [name: string]: number };

/** What one check found. */
export interface VolumeFinding {
  /** How it ended. */
  readonly result: VolumeCheckResult;
  /** The strongest durability that can be had in spite of it; null where it says nothing of that. */
  readonly supports: VolumeDurability | null;
  /** What was found, in words. */
  readonly reason: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly next: string;
  /** What was measured or counted. */
  readonly figures: VolumeFigures;
}

/** One check. */
export interface VolumeCheck extends VolumeFinding {
  /** Its name, such as `atomic_rename`. */
  readonly check: string;
}

/** Everything that is told of a volume. */
export interface VolumeReport {
  /** The directory that was looked at, without links. */
  readonly path: string;
  /** The strongest durability that the volume supports; `unknown` where that could not be tried. */
  readonly durability: VolumeDurability | "unknown";
  /** The durability that was asked for. */
  readonly asked: VolumeDurability;
  /** Whether the volume supports what was asked for. */
  readonly isFit: boolean;
  /** The same in words. */
  readonly verdict: string;
  /** What the operating system says of it. */
  readonly volume: VolumeFacts;
  /** Every check. */
  readonly checks: readonly VolumeCheck[];
  /** What no check on a running machine can tell. */
  readonly cannotKnow: readonly string[];
  /** When the first check began. */
  readonly startedAt: number;
  /** How long they took. */
  readonly durationSeconds: number;
}
