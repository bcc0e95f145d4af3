/**
 * The sections of the page.
 *
 * @module
 */

import { RECORD_KINDS } from "../../model/record.ts";
import { formatSize, formatTime } from "../../model/units.ts";
import {
  compactionText,
  factsOf,
  KIND_LABELS,
  otherTypesText,
  positionText,
  sizeParts,
} from "../labels.ts";
import type {
  AnomalyPlace,
  OperationSummary,
  SizeReport,
  StoreReport,
  TypeCounts,
} from "../store_report.ts";
import { counted, formatCount, formatExpected, formatMoment } from "../wording.ts";
import { type BarRow, barTable } from "./bar_table.ts";
import { type Html, html, NOTHING } from "./html.ts";

/** A section with its heading. */
export function section(id: string, title: string, body: Html): Html {
  return html`
    <section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${body}
    </section>
  `;
}

/** What the store holds, in large figures, and what it is. */
export function overview(report: StoreReport): Html {
  const { records, description } = report;
  const figures = [
    ...RECORD_KINDS.map((kind) => [KIND_LABELS[kind], formatCount(records[kind])] as const),
    ["Size", formatSize(description.bytes)] as const,
  ];
  const told = new Set(["Store", "Records", "Size"]);
  const facts = factsOf(report).filter(([name]) => !told.has(name));
  return html`<dl class="figures">${figures.map(pair)}</dl>
<dl class="facts">${facts.map(pair)}</dl>`;
}

function pair([name, value]: readonly [string, string]): Html {
  return html`
    <div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>
  `;
}

/** How often each type occurs. */
export function types(counts: TypeCounts, noun: string, colour: string): Html {
  if (counts.top.length === 0) return html`<p>None recorded.</p>`;
  const others = otherTypesText(counts);
  const rows: BarRow[] = counts.top.map(({ type, count }) => ({
    label: type === "" ? "(no name)" : type,
    isName: type !== "",
    amount: count,
    text: formatCount(count),
    colour,
  }));
  if (others !== "") {
    const { others: amount } = counts;
    const text = formatCount(amount);
    rows.push({ label: others, isName: false, amount, text, colour: "spare-part" });
  }
  const caption = counts.distinct === null
    ? `More than ${formatCount(counts.top.length)} types of ${noun}`
    : `${counted(counts.distinct, "type")} of ${noun}`;
  return barTable(caption, ["Type", "Records"], rows);
}

const SIZE_COLOURS = { kept: "kept", expired: "expired", damaged: "harm" } as const;

/** What takes the space. */
export function size(report: SizeReport): Html {
  const rows = sizeParts(report).map(({ name, label, bytes }) => ({
    label,
    isName: false,
    amount: bytes,
    text: formatSize(bytes),
    colour: SIZE_COLOURS[name],
  }));
  const caption = `${formatSize(report.physicalBytes)} in all; the next compaction ${
    compactionText(report)
  }`;
  return barTable(caption, ["Part", "Size"], rows);
}

/** When the disk is full. */
export function disk({ disk, createdAt }: StoreReport): Html {
  const { freeBytes, bytesPerDay, fullAt, sentence } = disk;
  const figures = [
    ...(freeBytes === null ? [] : [["Free", formatSize(freeBytes)] as const]),
    ...(bytesPerDay === null ? [] : [["Growth a day", signed(bytesPerDay)] as const]),
    ...(fullAt === null ? [] : [["Full about", formatExpected(fullAt, createdAt)] as const]),
  ];
  const list = figures.length === 0 ? NOTHING : html`<dl class="figures">${figures.map(pair)}</dl>`;
  return html`${list}<p>${sentence}</p>`;
}

function signed(bytes: number): string {
  return `${bytes < 0 ? "−" : ""}${formatSize(Math.abs(Math.round(bytes)))}`;
}

/** What is wrong, by place. */
export function anomalies({ anomalies, verdict }: StoreReport): Html {
  const { places, total, isTruncated } = anomalies;
  if (total === 0) return html`<p>None: every byte is accounted for.</p>`;
  const more = isTruncated
    ? html`<p class="note">There are more places than these: papyra persistence scan lists them.</p>`
    : NOTHING;
  return html`<p>${counted(total, "anomaly", "anomalies")}, by place:</p>
<ul class="list">${places.map((place) => anomalyItem(place, verdict.next))}</ul>${more}`;
}

// What the verdict says already is not said again with each place.
function anomalyItem(place: AnomalyPlace, told: string): Html {
  const tone = place.severity === "error" ? "damaged" : "attention";
  const position = positionText(place);
  const first = place.count === 1 ? "at" : "the first at";
  const where = position === "" ? "" : `, ${first} ${position}`;
  const next = place.next === "" || place.next === told
    ? NOTHING
    : html`<code class="command">${place.next}</code>`;
  return html`
    <li><span class="badge ${tone}">${place.severity}</span> <strong>${place
      .code}</strong> <span class="quiet">${formatCount(place.count)}×</span>
    <p><code>${place.file}</code>${where}</p>
    <p>${place.reason}</p>${next}</li>
  `;
}

const TONES = { done: "healthy", not_done: "attention", pending: "attention" } as const;

/** The last changes that maintenance made. */
export function operations(list: readonly OperationSummary[]): Html {
  if (list.length === 0) return html`<p>No maintenance recorded.</p>`;
  return html`<ol class="list">${
    list.map(({ id, at, operation, outcome, text }) =>
      html`
        <li><span class="badge ${TONES[outcome]}">${outcome.replace(
          "_",
          " ",
        )}</span> <strong>${operation}</strong> <time datetime="${formatTime(at)}">${formatMoment(
          at,
        )}</time>
        <p>${text}</p>
        <p class="quiet">receipt <code>${id}</code></p></li>
      `
    )
  }</ol>`;
}
