/**
 * What must hold of reading and compacting a sound store, whatever it holds and is asked for.
 *
 * @module
 */

import fc from "fast-check";
import { RECORD_KINDS, type RecordKind, type StoredRecord } from "../../lib/model/record.ts";
import type { RetentionLimits, RetentionPolicy } from "../../lib/model/retention.ts";
import { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { ensure, ensureSame } from "./expect.ts";
import { allLines } from "./found_lines.ts";
import { type Fields, fieldsOf, latin1, physicalLines, withoutMarks } from "./oracle.ts";
import { filesInOrder, filesOn, putFiles, type StoreFiles } from "./store_files.ts";
import { NOW } from "./store_parts.ts";
import type { Reading, Subject } from "./subject.ts";

/** A sound store, and what is asked of it. */
export interface ReadCase {
  /** The store's files. */
  readonly written: StoreFiles;
  /** What a reader asks for, or a compaction keeps. */
  readonly reading: PlainReading;
}

/** A reading that JSON can carry. */
export interface PlainReading {
  readonly kinds: readonly RecordKind[];
  readonly limit?: number;
  readonly since?: number;
  readonly until?: number;
  readonly reverse?: boolean;
  readonly retention?: RetentionPolicy;
}

/** Something that must hold; throws where it does not. */
export type ReadProperty = (readCase: ReadCase, subject: Subject) => Promise<void>;

/** The properties, by name. */
export const READ_PROPERTIES: { readonly [name: string]: ReadProperty } = {
  "a reader gets exactly what it asks for": readerGetsWhatItAsksFor,
  "a compaction leaves what retention keeps, and is done": compactionKeepsWhatIsRead,
};

async function readerGetsWhatItAsksFor(readCase: ReadCase, subject: Subject): Promise<void> {
  const { kinds, ...query } = readCase.reading;
  const read = await subject.read(diskOf(readCase), { kinds, query } as Reading);
  ensureSame(read.map(gistOf), expectedOf(readCase).map(({ gist }) => gist), "records");
}

async function compactionKeepsWhatIsRead(readCase: ReadCase, subject: Subject): Promise<void> {
  const disk = diskOf(readCase);
  const { retention = {} } = readCase.reading;
  const kept = expectedOf({ ...readCase, reading: { kinds: RECORD_KINDS, retention } });
  const others = linesOfAll(readCase.written).filter(({ kind }) => kind === null);
  const plan = await subject.compact(disk, { retention, dryRun: true });
  const report = await subject.compact(disk, { retention });
  ensureSame(plan.byKind, report.byKind, "what the plan says");
  const after = allLines(await filesOn(disk)).map(latin1);
  for (const { text } of [...kept, ...others]) {
    ensure(after.includes(text), `compacted away what was to be kept: ${text}`);
  }
  ensureSame((await subject.read(disk)).map(gistOf), kept.map(({ gist }) => gist), "records left");
  const scan = await subject.scan(disk);
  ensure(scan.healthy, `not healthy afterwards: ${JSON.stringify(scan.anomalies)}`);
  ensureSame(report.afterRecords, kept.length, "records said to be left");
  const again = await subject.compact(disk, { retention });
  ensure(!again.changed, "a second compaction finds something to do");
  await nextNumberIsNew(disk, readCase, subject);
}

async function nextNumberIsNew(
  disk: MemoryFileSystem,
  { written }: ReadCase,
  subject: Subject,
): Promise<void> {
  const given = allLines(written).map((line) => fieldsOf(withoutMarks(line, true)))
    .map((fields) => fields?.kind === "checkpoint" ? Number(fields.to) : Number(fields?.seq ?? 0));
  const seq = await subject.write(disk, [{ kind: "event", eventType: "next", timestamp: NOW }]);
  ensure(seq === Math.max(0, ...given) + 1, `${seq} is the number after ${given}`);
}

function diskOf({ written }: ReadCase): MemoryFileSystem {
  const disk = new MemoryFileSystem();
  putFiles(disk, written);
  return disk;
}

interface ExpectedLine {
  /** Its kind; null where it is no record. */
  readonly kind: RecordKind | null;
  readonly timestamp: number | null;
  /** With its newline. */
  readonly storedBytes: number;
  readonly text: string;
  readonly gist: string;
}

function linesOfAll(files: StoreFiles): ExpectedLine[] {
  return filesInOrder(files).flatMap(({ bytes }) => linesOf(bytes));
}

function linesOf(file: Uint8Array): ExpectedLine[] {
  return physicalLines(file, []).flatMap(({ bytes, start, end }) => {
    const fields = fieldsOf(withoutMarks(bytes, start === 0));
    if (fields === null || fields.kind === "checkpoint") return [];
    const kind = RECORD_KINDS.find((known) => known === fields.kind) ?? null;
    const timestamp = typeof fields.timestamp === "number" ? fields.timestamp : null;
    const storedBytes = Math.min(end + 1, file.length) - start;
    return [{
      fields,
      kind,
      timestamp,
      storedBytes,
      text: latin1(bytes),
      gist: gistOfLine(fields),
    }];
  });
}

/** What a reading is to give, told by looking at every line. */
function expectedOf({ written, reading }: ReadCase): ExpectedLine[] {
  const { kinds, limit = Infinity, since = -Infinity, until = Infinity, retention = {} } = reading;
  const isTimed = reading.since !== undefined || reading.until !== undefined;
  const isAskedFor = ({ timestamp }: ExpectedLine): boolean =>
    !isTimed || (timestamp !== null && timestamp >= since && timestamp <= until);
  const all = linesOfAll(written);
  const kept = new Set(RECORD_KINDS.flatMap((kind) => keptOf(all, kind, retention)));
  const asked = all.filter((line) => kept.has(line) && kinds.includes(line.kind!))
    .filter(isAskedFor);
  const newest = limit === 0 ? [] : asked.slice(-Math.min(limit, asked.length + 1));
  return reading.reverse ? newest.reverse() : newest;
}

// Age, then the newest records, then the longest suffix that fits.
function keptOf(
  lines: readonly ExpectedLine[],
  kind: RecordKind,
  { byKind, ...general }: RetentionPolicy,
): ExpectedLine[] {
  const limits: RetentionLimits = { ...general, ...byKind?.[kind] };
  const oldest = NOW - (limits.maxAgeSeconds ?? Infinity);
  const young = lines.filter((line) => line.kind === kind)
    .filter(({ timestamp }) => timestamp === null || timestamp >= oldest)
    .reverse()
    .slice(0, limits.maxRecords ?? Infinity);
  let bytes = 0;
  const tooLarge = young.findIndex(({ storedBytes }) =>
    (bytes += storedBytes) > (limits.maxTotalBytes ?? Infinity)
  );
  return tooLarge === -1 ? young : young.slice(0, tooLarge);
}

/** What a record says, as far as it is compared. */
function gistOf(record: StoredRecord): string {
  const { kind, timestamp, seq, systemId } = record;
  switch (kind) {
    case "event":
      return gist(kind, timestamp, seq, systemId, record.eventType, record.payload);
    case "audit":
      return gist(kind, timestamp, seq, systemId, record.totalActors, record.registryDead);
    case "dead_letter":
      return gist(kind, timestamp, seq, systemId, record.messageType, record.payload);
  }
}

function gistOfLine(fields: Fields): string {
  const { kind, timestamp, seq = null, system_id: systemId = "local" } = fields;
  const time = typeof timestamp === "number" ? timestamp : null;
  const common = [kind, time, seq, systemId] as const;
  if (kind === "event") return gist(...common, fields.event_type ?? "", fields.payload ?? {});
  if (kind === "audit") {
    return gist(...common, fields.total_actors ?? 0, fields.registry_dead ?? []);
  }
  return gist(...common, fields.message_type ?? "", fields.payload ?? null);
}

function gist(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}

const time = fc.integer({ min: -70, max: 12 }).map((age) => NOW + age);
const limits = fc.record({
  maxRecords: fc.nat({ max: 6 }),
  maxAgeSeconds: fc.oneof(fc.nat({ max: 60 }), fc.constantFrom(0, 0.5, 59.999)),
  maxTotalBytes: fc.nat({ max: 1500 }),
}, { requiredKeys: [] });
const retention = fc.tuple(
  limits,
  fc.option(fc.dictionary(fc.constantFrom(...RECORD_KINDS), limits, { maxKeys: 2 })),
).map(([general, byKind]) => byKind === null ? general : { ...general, byKind });

/** A random reading. */
export const anyReading = fc.record({
  kinds: fc.oneof(
    fc.constant(RECORD_KINDS),
    fc.subarray([...RECORD_KINDS], { minLength: 1 }),
  ),
  limit: fc.nat({ max: 8 }),
  since: time,
  until: time,
  reverse: fc.boolean(),
  retention,
}, { requiredKeys: ["kinds"] }) as fc.Arbitrary<PlainReading>;
