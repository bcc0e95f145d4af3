/**
 * Turns what the check of the sequence numbers found into anomalies.
 *
 * @module
 */

import { join } from "node:path";
import { segmentName } from "../../../storage/part_names.ts";
import type { AnomalyCollector } from "../../../backend/anomaly_collector.ts";
import { judgeSuspects, positionsOfRepeats, type SuspectVerdict } from "../sequence/duplicates.ts";
import { type FileStore, nextCommand } from "../store/file_store.ts";
import type { LinePlace, SeqGap, SequenceCheck } from "../sequence/sequence_check.ts";
import { viewLines } from "../store/store_part.ts";
import type { StoreView } from "../store/store_view.ts";

/** What is wrong with the sequence numbers, as far as a recovery has to do with it. */
export interface SequenceFindings {
  /** Positions of lines that stand in the store twice and are the same: the later ones. */
  readonly identicalPositions: ReadonlySet<number>;
  /** The files that are to be mended for it. */
  readonly pathsToMend: ReadonlySet<string>;
}

/** Reports gaps and suspects. */
export async function reportSequence(
  store: FileStore,
  view: StoreView,
  sequence: SequenceCheck,
  anomalies: AnomalyCollector,
  signal: AbortSignal | undefined,
): Promise<SequenceFindings> {
  // A store that is gone altogether is told as such.
  if (view.parts.length === 0) return { identicalPositions: new Set(), pathsToMend: new Set() };
  const verdicts = await judgeSuspects(viewLines(view.parts, signal), sequence.suspects);
  const repeatedAt = positionsOfRepeats(verdicts);
  sequence.settle(repeatedAt);
  reportGaps(store, view, sequence, anomalies);
  reportMismatches(store, sequence, anomalies);
  for (const verdict of verdicts) reportSuspect(store, verdict, anomalies);
  if (sequence.suspectsDropped > 0) {
    anomalies.addUndetailed("DUPLICATE_SEQUENCE", sequence.suspectsDropped);
  }
  const toMend = [
    ...sequence.gaps.filter(({ isByOtherTool }) => !isByOtherTool),
    ...sequence.mismatches,
    ...verdicts.filter(({ kind }) => kind === "identical"),
  ];
  return {
    identicalPositions: new Set(repeatedAt),
    pathsToMend: new Set(toMend.map(({ place }) => place.path)),
  };
}

function reportGaps(
  store: FileStore,
  view: StoreView,
  sequence: SequenceCheck,
  anomalies: AnomalyCollector,
): void {
  const byOtherTool = sequence.gaps.filter((gap) => gap.isByOtherTool);
  for (const gap of sequence.gaps) {
    if (!gap.isByOtherTool) reportGap(store, view, gap, anomalies);
  }
  if (sequence.gapsDropped > 0) anomalies.addUndetailed("SEQUENCE_GAP", sequence.gapsDropped);
  const [first] = byOtherTool;
  if (first === undefined) return;
  const count = byOtherTool.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  anomalies.add({
    code: "REWRITTEN_BY_OTHER_TOOL",
    ...placeOf(first.place),
    seq: first.from,
    reason: `another tool wrote these lines again and left out ${count} records, the first here`,
    next: "nothing needs to be done if that was meant; else restore from a backup",
  });
}

function reportGap(
  store: FileStore,
  view: StoreView,
  { from, to, place }: SeqGap,
  anomalies: AnomalyCollector,
): void {
  const missing = from === to ? `record ${from} is` : `records ${from} to ${to} are`;
  anomalies.add({
    code: "SEQUENCE_GAP",
    ...placeOf(place),
    seq: from,
    reason: `${missing} missing before this place, and nothing says why${
      place.offset === 0 ? lostFile(store, view, from) : ""
    }`,
    next: `restore them from a backup, or accept the loss: ${nextCommand(store, "recover")}`,
  });
}

// What is missing before a file stood in another one.
function lostFile({ paths }: FileStore, { parts }: StoreView, firstSeq: number): string {
  const path = join(paths.directory, segmentName(paths.name, firstSeq));
  const isThere = parts.some((part) => part.path === path);
  return isThere ? `; "${path}" does not hold them` : `; look for a lost file such as "${path}"`;
}

function reportMismatches(
  store: FileStore,
  sequence: SequenceCheck,
  anomalies: AnomalyCollector,
): void {
  for (const { checkpoint, count, foreign, place } of sequence.mismatches) {
    anomalies.add({
      code: "SEQUENCE_GAP",
      ...placeOf(place),
      reason:
        `the checkpoint here counts ${checkpoint.count} numbered and ${checkpoint.foreign} other lines before it, but other ones, ${count} and ${foreign}, are there`,
      next: `restore them from a backup, or accept the loss: ${nextCommand(store, "recover")}`,
    });
  }
  if (sequence.mismatchesDropped > 0) {
    anomalies.addUndetailed("SEQUENCE_GAP", sequence.mismatchesDropped);
  }
}

function reportSuspect(
  store: FileStore,
  { kind, seq, place }: SuspectVerdict,
  anomalies: AnomalyCollector,
): void {
  const common = { ...placeOf(place), seq };
  switch (kind) {
    case "identical":
      anomalies.add({
        ...common,
        code: "DUPLICATE_SEQUENCE",
        reason: `record ${seq} stands here a second time, byte for byte`,
        next: nextCommand(store, "recover"),
      });
      break;
    case "different":
      anomalies.add({
        ...common,
        code: "DUPLICATE_SEQUENCE",
        severity: "warning",
        reason: `another record has the number ${seq} too; both are kept`,
        next: "nothing needs to be done",
      });
      break;
    case "misplaced":
      anomalies.add({
        ...common,
        code: "OUT_OF_ORDER_SEQUENCE",
        reason: `record ${seq} stands behind a later one`,
        next: "nothing needs to be done",
      });
  }
}

function placeOf({ path, position, offset, length, number }: LinePlace) {
  return { file: path, position, offset, length, line: number };
}
