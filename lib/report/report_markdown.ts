/**
 * The report on a store as Markdown, for a ticket, a chat or a mail.
 *
 * @module
 */

import { totalOf } from "../model/count_by_kind.ts";
import { escapeText } from "../model/escape_text.ts";
import { RECORD_KINDS } from "../model/record.ts";
import { formatSize } from "../model/units.ts";
import {
  factsOf,
  KIND_LABELS,
  notDrawnText,
  otherTypesText,
  periodStartText,
  periodText,
  positionText,
  sizeParts,
} from "./labels.ts";
import type { StoreReport, TypeCounts } from "./store_report.ts";
import { formatCount, formatMoment } from "./wording.ts";

const BAR_LENGTH = 20;

/**
 * Writes a report as Markdown. Whatever comes from records, names and paths stands there as text.
 *
 * @example
 * ```ts
 * import { createReport, openStore, reportMarkdown } from "@papyra/papyra";
 *
 * await using store = await openStore("memory:");
 * const text = reportMarkdown(await createReport(store));
 * console.log(text.split("\n")[0]); // # Papyra report
 * ```
 */
export function reportMarkdown(report: StoreReport): string {
  const sections = [
    head(report),
    growth(report),
    types("Event types", report.eventTypes),
    types("Message types of dead letters", report.messageTypes),
    size(report),
    anomalies(report),
    operations(report),
    ["## Disk", "", escaped(report.disk.sentence), ""],
  ];
  return sections.flat().join("\n");
}

function head(report: StoreReport): string[] {
  return [
    "# Papyra report",
    "",
    `**${escaped(report.verdict.sentence)}**`,
    "",
    ...(report.verdict.next === "" ? [] : [`Next: ${code(report.verdict.next)}`, ""]),
    ...table(["", ""], factsOf(report).map(([name, value]) => [name, escaped(value)])),
    `Made at ${formatMoment(report.createdAt)}. Times are in UTC.`,
    "",
  ];
}

function growth({ growth }: StoreReport): string[] {
  const all = growth.buckets.map(({ records }) => totalOf(records));
  const most = Math.max(1, ...all);
  const rows = growth.buckets.map(({ from, records }, index) => [
    periodStartText(growth, from),
    ...RECORD_KINDS.map((kind) => formatCount(records[kind])),
    bar(all[index]! / most),
  ]);
  const notDrawn = notDrawnText(growth);
  return [
    "## Growth",
    "",
    ...(rows.length === 0 ? ["No record has a time that can be shown.", ""] : [
      `Records per ${periodText(growth)}.`,
      "",
      ...table(["From", ...RECORD_KINDS.map((kind) => KIND_LABELS[kind]), ""], rows),
    ]),
    ...(notDrawn === "" ? [] : [notDrawn, ""]),
  ];
}

function types(title: string, counts: TypeCounts): string[] {
  const most = Math.max(1, counts.others, ...counts.top.map(({ count }) => count));
  const rows = counts.top.map(({ type, count }) => [
    type === "" ? "(none)" : code(type),
    formatCount(count),
    bar(count / most),
  ]);
  const others = otherTypesText(counts);
  if (others !== "") rows.push([others, formatCount(counts.others), bar(counts.others / most)]);
  return [
    `## ${title}`,
    "",
    ...(rows.length === 0 ? ["None.", ""] : table(["Type", "Records", ""], rows)),
  ];
}

function size({ size }: StoreReport): string[] {
  const rows = sizeParts(size).map(({ label, bytes }) => [
    label,
    formatSize(bytes),
    bar(bytes / Math.max(1, size.physicalBytes)),
  ]);
  return ["## Size", "", ...table(["Part", "Bytes", ""], rows)];
}

function anomalies({ anomalies }: StoreReport): string[] {
  const rows = anomalies.places.map((place) => [
    place.severity,
    place.code,
    formatCount(place.count),
    code(place.file),
    positionText(place),
    escaped(place.reason),
    place.next === "" ? "" : code(place.next),
  ]);
  return [
    "## Anomalies",
    "",
    ...(rows.length === 0
      ? ["None.", ""]
      : table(["Severity", "Code", "Count", "File", "First at", "Reason", "Next"], rows)),
    ...(anomalies.isTruncated ? ["There are more than these.", ""] : []),
  ];
}

function operations({ operations }: StoreReport): string[] {
  const rows = operations.map(({ at, operation, outcome, text, id }) => [
    formatMoment(at),
    escaped(operation),
    outcome.replace("_", " "),
    escaped(text),
    code(id),
  ]);
  return [
    "## Last operations",
    "",
    ...(rows.length === 0
      ? ["No maintenance recorded.", ""]
      : table(["When", "Operation", "Outcome", "What", "Receipt"], rows)),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""];
}

function bar(share: number): string {
  return "█".repeat(share > 0 ? Math.max(1, Math.round(share * BAR_LENGTH)) : 0);
}

// Everything that could become markup, a link, a mention or another cell.
function escaped(text: string): string {
  return escapeText(text)
    .replaceAll(/[\\*_[\]<>|&~#@$]/g, "\\$&")
    .replaceAll("`", "&#96;")
    .replaceAll(/(https?|ftp|mailto|xmpp):/gi, "$1\\:")
    .replaceAll(/(www)\./gi, "$1\\.");
}

function code(text: string): string {
  // Also in code, a bar would end the cell.
  const safe = escapeText(text).replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...safe.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 || safe.trim() === ""
    ? `${fence} ${safe} ${fence}`
    : `${fence}${safe}${fence}`;
}
