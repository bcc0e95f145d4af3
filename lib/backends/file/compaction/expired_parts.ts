/**
 * The oldest files of a store that retention keeps nothing of: they are removed whole.
 *
 * @module
 */

import { createHash } from "../../../storage/late_modules.ts";
import { decodeCheckpoint, isNewerFormat } from "../../../storage/lines/checkpoint.ts";
import { CHECKPOINT_KIND } from "../../../storage/format.ts";
import { valueOf } from "../../../storage/lines/line_classifier.ts";
import type { MaintenanceLock } from "../../../storage/maintenance_lock.ts";
import { newerFormat } from "../../../storage/tail.ts";
import type { CompactionRule } from "./compaction_rule.ts";
import type { FileStore } from "../store/file_store.ts";
import { digestOf, writeIntent, writeOutcome } from "../receipts/receipts.ts";
import { SequenceCheck } from "../sequence/sequence_check.ts";
import type { StoreLine } from "../store/store_lines.ts";
import { storeRuns } from "../store/store_runs.ts";
import { partLines, type StorePart } from "../store/store_part.ts";
import { assertOnlyForm } from "../replacing/superseded_forms.ts";

/** A file that nothing is kept of. */
export interface ExpiredPart {
  /** The file. */
  readonly part: StorePart;
  /** What was counted in it. */
  readonly rule: CompactionRule;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
}

/** The oldest files, none of which is kept, and what they show of the sequence numbers. */
export interface ExpiredParts {
  /** The files, the oldest first. */
  readonly expired: readonly ExpiredPart[];
  /** Has taken in all of their lines. */
  readonly sequence: SequenceCheck;
  /** The largest number that the name of one tells, where neither it nor any file behind it shows one; else 0. */
  readonly namedSeq: number;
}

/** Finds the files at the beginning of a store that nothing is kept of. The last file is none of them. */
export async function findExpiredParts(
  parts: readonly StorePart[],
  newRule: () => CompactionRule,
  signal: AbortSignal | undefined,
): Promise<ExpiredParts> {
  const expired: ExpiredPart[] = [];
  const sequence = new SequenceCheck();
  let namedSeq = 0;
  for (const part of parts.slice(0, -1)) {
    const rule = newRule();
    const sha256 = await digestIfExpired(part, rule, signal);
    if (sha256 === null) break;
    // Only now: a file that turns out to be kept would have been taken in by half.
    sequence.beginFile(part.base, part.firstSeq ?? 1);
    let showsNumber = false;
    for await (const lines of partLines(part, signal)) {
      for (const line of lines) showsNumber = checkLine(sequence, line) || showsNumber;
    }
    namedSeq = showsNumber ? 0 : Math.max(namedSeq, part.firstSeq ?? 0);
    expired.push({ part, rule, sha256 });
  }
  const kept = parts.slice(expired.length);
  if (namedSeq > 0 && await showNumbers(kept, signal)) namedSeq = 0;
  return { expired, sequence, namedSeq };
}

async function showNumbers(
  parts: readonly StorePart[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const sequence = new SequenceCheck();
  for (const part of parts) {
    for await (const lines of partLines(part, signal)) {
      if (lines.some((line) => checkLine(sequence, line))) return true;
    }
  }
  return false;
}

/** Removes a file, with a receipt. Under the maintenance lock. */
export async function removePart(
  store: FileStore,
  lock: MaintenanceLock,
  { part, sha256 }: ExpiredPart,
  receipt: { readonly id: string; readonly details: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { fileSystem, paths } = store;
  const { path, identity, size } = part;
  // It would take the segment's place, and show again what has expired.
  assertOnlyForm(store, part);
  await writeIntent(store, receipt.id, {
    operation: "compact",
    file: path,
    old: { identity, size, sha256 },
    new: null,
    details: receipt.details,
  });
  lock.assertHeld();
  // What has its name by now, or was written to it since, is not what was decided on.
  const stat = fileSystem.statLink(path);
  const isNamed = stat?.identity === identity && stat.size === size;
  if (isNamed) await fileSystem.unlink(path);
  await fileSystem.syncDirectory(paths.directory);
  await writeOutcome(store, receipt.id, isNamed ? "done" : "not_done");
}

async function digestIfExpired(
  part: StorePart,
  rule: CompactionRule,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { path, base, compression } = part;
  const hash = createHash("sha256");
  const source = { file: await part.open(), path, base };
  const range = { from: 0, to: part.horizon };
  const onBytes = (bytes: Uint8Array): void => void hash.update(bytes);
  for await (const batch of storeRuns(source, range, signal, onBytes)) {
    rule.count(batch);
    if (rule.keptLines > 0) return null;
  }
  if (compression === null) return hash.digest("hex");
  return await digestOf(await part.openRaw(), { from: 0, to: part.size });
}

/** Takes in a line; returns whether it shows a number. */
function checkLine(sequence: SequenceCheck, line: StoreLine): boolean {
  const { seq, state, kind } = line.verdict;
  const isRewritten = state === "rewritten";
  if (kind === CHECKPOINT_KIND) {
    const value = valueOf(line.bytes, line.verdict);
    const checkpoint = value && decodeCheckpoint(value);
    if (!checkpoint) return false;
    if (isNewerFormat(checkpoint)) throw newerFormat(line.path, checkpoint.version);
    sequence.checkpoint(checkpoint, line, isRewritten);
    return true;
  }
  if (state === "damaged") sequence.damaged();
  else if (seq !== null) sequence.record(seq, line, isRewritten);
  else if (state !== "blank") sequence.foreign();
  return state !== "damaged" && seq !== null;
}
