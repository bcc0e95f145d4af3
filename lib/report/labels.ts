/**
 * What the parts of a report are called, wherever it is shown.
 *
 * @module
 */

import { totalOf } from "../model/count_by_kind.ts";
import { RECORD_KINDS, type RecordKind } from "../model/record.ts";
import type { StoreDescription } from "../model/report.ts";
import type { RetentionLimits, RetentionPolicy } from "../model/retention.ts";
import { formatDuration, formatSize } from "../model/units.ts";
import type { AnomalyPlace, Growth, SizeReport, StoreReport, TypeCounts } from "./store_report.ts";
import { counted, formatCount, formatMoment } from "./wording.ts";

/** Kinds of records in the plural. */
export const KIND_LABELS: { readonly [K in RecordKind]: string } = {
  event: "Events",
  audit: "Audits",
  dead_letter: "Dead letters",
};

const STORE_KINDS: { readonly [backend: string]: string } = {
  JsonFilePersistence: "one file",
  RotatingFilePersistence: "a file and sealed segments",
  RedisStreamsPersistence: "Redis Streams",
  InMemoryPersistence: "memory",
};

/** What kind of store it is, in words. */
export function storeKindText({ backend, segments }: StoreDescription): string {
  // Segments are read whatever the class that opened the store does with its own file.
  const name = segments === null ? backend : "RotatingFilePersistence";
  return STORE_KINDS[name] ?? backend;
}

/** A name and what is told of it. */
export type Fact = readonly [name: string, value: string];

/** A store in a few facts. */
export function factsOf(report: StoreReport): Fact[] {
  const { description, records, timestamps, size, retention } = report;
  return [
    ["Store", description.store],
    ["Kind of store", `${storeKindText(description)} (${description.backend})`],
    ["Records", RECORD_KINDS.map((kind) => recordsText(kind, records[kind])).join(", ")],
    ["Size", formatSize(description.bytes)],
    ...(description.segments === null
      ? []
      : [["Sealed segments", formatCount(description.segments.count)] as const]),
    [
      "Times",
      timestamps === null
        ? "none"
        : `${formatMoment(timestamps.min)} to ${formatMoment(timestamps.max)}`,
    ],
    ["Retention", retentionText(retention)],
    ["Next compaction", compactionText(size)],
  ];
}

/** What is kept, in words. */
export function retentionText(policy: RetentionPolicy): string {
  const kinds = RECORD_KINDS.flatMap((kind) => {
    const limits = policy.byKind?.[kind];
    const text = limits === undefined ? "" : limitsText(limits);
    return text === "" ? [] : [`${KIND_LABELS[kind].toLowerCase()}: ${text}`];
  });
  const texts = [limitsText(policy), ...kinds].filter((text) => text !== "");
  return texts.length === 0 ? "everything is kept" : texts.join("; ");
}

function limitsText({ maxAgeSeconds, maxRecords, maxTotalBytes }: RetentionLimits): string {
  return [
    maxAgeSeconds === undefined ? null : `not older than ${formatDuration(maxAgeSeconds)}`,
    maxRecords === undefined ? null : `the newest ${counted(maxRecords, "record")} of a kind`,
    maxTotalBytes === undefined ? null : `at most ${formatSize(maxTotalBytes)} of a kind`,
  ].filter((text) => text !== null).join(", ");
}

/** What the next compaction would do, in words. */
export function compactionText(size: SizeReport): string {
  const { expiredRecords, reclaimableBytes, unknownBecause } = size;
  if (expiredRecords === null || reclaimableBytes === null) {
    return `cannot be told: ${unknownBecause}`;
  }
  const removed = totalOf(expiredRecords);
  if (removed === 0) return "would remove nothing";
  return `would remove ${counted(removed, "record")} and give back ${
    formatSize(Math.max(0, reclaimableBytes))
  }`;
}

/** What takes the space: parts that add up to all of it, those of no size left out. */
export function sizeParts({ physicalBytes, reclaimableBytes, damagedBytes }: SizeReport): {
  readonly name: "kept" | "expired" | "damaged";
  readonly label: string;
  readonly bytes: number;
}[] {
  const expired = Math.min(physicalBytes, Math.max(0, reclaimableBytes ?? 0));
  const damaged = Math.min(physicalBytes - expired, damagedBytes);
  return [
    { name: "kept", label: "Stays", bytes: physicalBytes - expired - damaged },
    { name: "expired", label: "Next compaction frees", bytes: expired },
    { name: "damaged", label: "Damaged", bytes: damaged },
  ];
}

/** How many records of a kind. */
export function recordsText(kind: RecordKind, count: number): string {
  const label = KIND_LABELS[kind].toLowerCase();
  return `${formatCount(count)} ${count === 1 ? label.replace(/s$/, "") : label}`;
}

/** What the growth leaves out, in words; empty where it leaves out nothing. */
export function notDrawnText({ earlier, later, untimed }: Growth): string {
  const parts = [
    earlier > 0 ? `${counted(earlier, "record")} of far earlier times` : null,
    later > 0 ? `${counted(later, "record")} of far later times` : null,
    untimed > 0 ? `${counted(untimed, "record")} without a time` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "" : `Not shown: ${parts.join(", ")}.`;
}

const PERIODS = [["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60]] as const;

/** How long the periods of the growth are: `hour`, `5 minutes`. */
export function periodText({ bucketSeconds }: Growth): string {
  const [unit, length] = PERIODS.find(([, each]) => bucketSeconds % each === 0) ?? ["second", 1];
  const count = bucketSeconds / length;
  return count === 1 ? unit : counted(count, unit);
}

/** What the types that are not named come to; empty where all are. */
export function otherTypesText({ top, others, distinct }: TypeCounts): string {
  if (others === 0) return "";
  return distinct === null ? "All others" : `${formatCount(distinct - top.length)} others`;
}

/** Where the first anomaly of a place is; empty where it has no position. */
export function positionText({ offset, line }: AnomalyPlace): string {
  return [
    line === null ? null : `line ${formatCount(line)}`,
    offset === null ? null : `byte ${formatCount(offset)}`,
  ].filter((part) => part !== null).join(", ");
}

/** When a period of the growth begins, as closely as its length asks for. */
export function periodStartText({ bucketSeconds }: Growth, from: number): string {
  const text = formatMoment(from, bucketSeconds % 60 === 0 ? "minute" : "second");
  return bucketSeconds % 86_400 === 0 ? text.replace(/ 00:00 UTC$/, "") : text;
}
