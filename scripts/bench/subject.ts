/**
 * The process that a subject is measured in. Prints what came out as JSON.
 *
 * ```sh
 * deno run -A scripts/bench/subject.ts papyra '{"path":"/tmp/x","records":1000,"callers":1}'
 * ```
 *
 * @module
 */

import { readFileSync } from "node:fs";
import process from "node:process";
import type { RetentionPolicy } from "../../mod.ts";

/** What a subject is told; each takes what it needs. */
export interface SubjectOptions {
  /** The file or directory to work on. */
  readonly path: string;
  /** How many records to write, or how many the store holds. */
  readonly records?: number;
  /** A small store to warm up with. */
  readonly warmUpPath?: string;
  /** How many callers write at a time, each waiting for its acknowledgement. */
  readonly callers?: number;
  /** How many records are written at once. */
  readonly batch?: number;
  /** When a record counts as written. */
  readonly durability?: "always" | "os";
  /** About how many bytes a record's payload holds beside the usual. */
  readonly paddingBytes?: number;
  /** Whether what is done is counted. @default {true} */
  readonly countsMetrics?: boolean;
  /** Whether a bare loop lets others have their turn between batches. @default {false} */
  readonly yields?: boolean;
  /** What a compaction keeps. */
  readonly retention?: RetentionPolicy;
  /** What SQLite's `synchronous` is set to. */
  readonly synchronous?: "FULL" | "NORMAL";
}

/** What a subject gives. */
export interface SubjectResult {
  /** In the workload's unit. */
  readonly value: number;
  /** The most memory that was resident at once, bytes. */
  readonly peakBytes: number;
}

/** A subject: does its work, and returns what came out. */
export type Subject = (options: SubjectOptions) => Promise<number>;

// Loaded one at a time: what a peer takes to load is not charged to the others.
const SUBJECTS = {
  papyra: async () => (await import("./subjects/papyra.ts")).append,
  bareSync: async () => (await import("./subjects/bare_loop.ts")).writeAndSyncEach,
  bareBatches: async () => (await import("./subjects/bare_loop.ts")).writeBatches,
  sqlite: async () => (await import("./subjects/sqlite.ts")).insert,
  level: async () => (await import("./subjects/level.ts")).put,
  sonicBoom: async () => (await import("./subjects/sonic_boom.ts")).write,
  rotatingFileStream: async () => (await import("./subjects/rotating_file_stream.ts")).write,
  checksums: async () => (await import("./subjects/checksums.ts")).checksumLines,
  scan: async () => (await import("./subjects/maintenance.ts")).scan,
  compact: async () => (await import("./subjects/maintenance.ts")).compact,
  recover: async () => (await import("./subjects/maintenance.ts")).recover,
  delay: async () => (await import("./subjects/delay.ts")).delayWhileAppending,
  delayOfBareBatches: async () => (await import("./subjects/delay.ts")).delayBesideBareBatches,
  delayOfNothing: async () => (await import("./subjects/delay.ts")).delayWhileIdle,
  growingAppend: async () => (await import("./subjects/growth.ts")).append,
  growingScan: async () => (await import("./subjects/growth.ts")).scan,
  growingNewest: async () => (await import("./subjects/growth.ts")).newest,
} satisfies Record<string, () => Promise<Subject>>;

/** The name of a subject. */
export type SubjectName = keyof typeof SUBJECTS;

// As the kernel keeps it, in kilobytes.
function residentBytesMax(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))!;
  return Number(kilobytes) * 1024;
}

if (import.meta.main) {
  const [name, options] = process.argv.slice(2);
  const subject = await SUBJECTS[name as SubjectName]();
  const value = await subject(JSON.parse(options!));
  process.stdout.write(
    `${JSON.stringify({ value, peakBytes: residentBytesMax() } satisfies SubjectResult)}\n`,
  );
}
