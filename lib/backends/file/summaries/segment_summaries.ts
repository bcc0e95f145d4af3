/**
 * The summaries of a store's segments: read from the sidecar, or made anew.
 *
 * @module
 */

import { basename, join } from "node:path";
import { RECORD_KINDS } from "../../../model/record.ts";
import type { SegmentsDescription } from "../../../model/report.ts";
import { readWhole, removeIfThere, replaceWhole } from "../../../storage/whole_file.ts";
import type { FileStore } from "../store/file_store.ts";
import { addCounts, NO_LINES, timestampsOf } from "../store/line_tally.ts";
import { decodeSummary, encodeSummary, type SegmentSummary } from "./segment_summary.ts";
import { PartChanged, partRuns, type StorePart } from "../store/store_part.ts";
import { findPart, openView } from "../store/store_view.ts";
import { SummaryBuilder } from "./summary_builder.ts";

// Much more than a summary takes. Somebody may have put anything in its place.
const SUMMARY_BYTES_MAX = 4 * 1024 * 1024;

/** What is known of a part; null where nothing is, or where the file is not a sealed segment. */
export async function readSummary(
  store: FileStore,
  part: StorePart,
): Promise<SegmentSummary | null> {
  if (part.role !== "sealed") return null;
  try {
    store.sidecar.check();
    const text = await readWhole(store.fileSystem, pathOf(store, part), SUMMARY_BYTES_MAX);
    const summary = text === null ? null : decodeSummary(text, part.stat);
    if (summary !== null) part.learnHorizon(summary.bytes);
    return summary;
  } catch {
    // A cache that cannot be read is as good as none.
    return null;
  }
}

/** Keeps what was learned of a part. Where that fails, it is learned again when it is needed. */
export async function writeSummary(
  store: FileStore,
  part: StorePart,
  summary: SegmentSummary,
): Promise<void> {
  // Reading a store makes no sidecar.
  if (part.role !== "sealed" || !store.sidecar.exists) return;
  const text = encodeSummary(summary, part.stat);
  try {
    // Whoever looks for leftovers knows by the lock that the temporary file is none.
    await store.sidecar.whileUnchanged(async () => {
      await store.fileSystem.makeDirectory(store.sidecar.pathOf("segments"));
      await replaceWhole(store.fileSystem, pathOf(store, part), text, { lasting: "nothing" });
    });
  } catch {
    // A read-only or full disk must not fail what only wanted to be faster next time.
  }
}

/** Reads a part to learn what is in it, and keeps that. */
export async function summarize(
  store: FileStore,
  part: StorePart,
  signal?: AbortSignal,
): Promise<SegmentSummary> {
  await part.open();
  const builder = new SummaryBuilder(part.horizon);
  for await (const batch of partRuns(part, signal)) builder.addAll(batch);
  const summary = builder.finish(null);
  await writeSummary(store, part, summary);
  return summary;
}

/**
 * What is known of a sealed segment. Where nothing is, it is read once more now, so that it need not be
 * read the next time; null where that could not be kept.
 */
export async function learnSummary(
  store: FileStore,
  part: StorePart,
  signal: AbortSignal | undefined,
): Promise<SegmentSummary | null> {
  const known = await readSummary(store, part);
  const isLearnable = part.role === "sealed" && store.sidecar.exists;
  return known ?? (isLearnable ? await summarize(store, part, signal) : null);
}

/** Learns what is in a segment that was just sealed; nothing where it is gone by now. */
export async function summarizeSegment(store: FileStore, path: string): Promise<void> {
  await store.sidecar.create();
  const part = findPart(store, path);
  try {
    if (part !== null) await summarize(store, part);
  } catch (error) {
    if (!(error instanceof PartChanged)) throw error;
  } finally {
    await part?.close();
  }
}

/** What the sealed segments of a store hold; null where it has none. */
export async function describeSegments(
  store: FileStore,
  signal: AbortSignal | undefined,
): Promise<SegmentsDescription | null> {
  const view = await openView(store, { lockTimeoutMs: 0, signal });
  try {
    const parts = view.parts.filter(({ role }) => role === "sealed");
    if (parts.length === 0) return null;
    let counts = NO_LINES;
    let summarized = 0;
    for (const part of parts) {
      const summary = await learnSummary(store, part, signal);
      if (summary === null) continue;
      counts = addCounts(counts, summary.counts);
      summarized++;
    }
    const { kinds: { event, audit, dead_letter }, seqs } = counts;
    return {
      count: parts.length,
      summarized,
      records: { event: event.records, audit: audit.records, dead_letter: dead_letter.records },
      seqs,
      timestamps: timestampsOf(counts.kinds, RECORD_KINDS),
    };
  } finally {
    await view.close();
  }
}

/**
 * Removes the summaries of segments that are gone, and those that were never finished: who is about to
 * finish one learns again what it needs.
 */
export async function pruneSummaries(store: FileStore, names: ReadonlySet<string>): Promise<void> {
  const directory = store.sidecar.pathOf("segments");
  const known = new Set([...names].map((name) => `${name}${SUFFIX}`));
  for (const name of await store.fileSystem.list(directory)) {
    if (!known.has(name)) await removeIfThere(store.fileSystem, join(directory, name));
  }
}

const SUFFIX = ".json";

function pathOf({ sidecar }: FileStore, { path }: StorePart): string {
  return join(sidecar.pathOf("segments"), `${basename(path)}${SUFFIX}`);
}
