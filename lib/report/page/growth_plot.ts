/**
 * Records by time and kind, as a plot of stacked bars with a table behind it.
 *
 * @module
 */

import { totalOf } from "../../model/count_by_kind.ts";
import { RECORD_KINDS } from "../../model/record.ts";
import { KIND_LABELS, notDrawnText, periodStartText, periodText, recordsText } from "../labels.ts";
import type { Growth, GrowthBucket } from "../store_report.ts";
import { formatCount } from "../wording.ts";
import { countAxis, type Tick, type TimeTick, timeTicks } from "./axis.ts";
import { type Html, html, NOTHING } from "./html.ts";

const HEIGHT = 240;
const BAR_SHARE = 0.86;

/** The plot, its legend and its table. */
export function growthFigure(growth: Growth): Html {
  const notDrawn = notDrawnText(growth);
  const rest = notDrawn === "" ? NOTHING : html`<p class="note">${notDrawn}</p>`;
  const { buckets, bucketSeconds } = growth;
  if (buckets.length === 0) {
    return html`<p>No record has a time that can be drawn.</p>${rest}`;
  }
  const from = buckets[0]!.from;
  const to = buckets.at(-1)!.from + bucketSeconds;
  const startText = (start: number) => periodStartText(growth, start);
  const { top, ticks } = countAxis(Math.max(...buckets.map(total)));
  const range = `${startText(from)} to ${startText(to)}`;
  const label = `Records per ${periodText(growth)}, ${range}: at most ${
    formatCount(Math.max(...buckets.map(total)))
  }. The table below has the numbers.`;
  return html`<figure>
<figcaption>Records per ${periodText(growth)}, ${range}</figcaption>
${legend()}
<div class="plot" role="img" aria-label="${label}">
<svg class="scale" aria-hidden="true" width="52" height="${HEIGHT + 32}">${
    ticks.map(countLabel)
  }</svg>
<svg class="area" aria-hidden="true" width="100%" height="${HEIGHT + 32}">
${ticks.map(gridLine)}
${buckets.map((bucket, index) => stack(bucket, index, { count: buckets.length, top, startText }))}
${timeTicks(from, to).map(timeMark)}
</svg>
</div>
${rest}
${tableOf(growth)}
</figure>`;
}

function legend(): Html {
  return html`<ul class="legend">${
    RECORD_KINDS.map((kind) =>
      html`<li><svg aria-hidden="true" width="12" height="12"><rect class="${kind}" width="12" height="12" rx="2"/></svg> ${
        KIND_LABELS[kind]
      }</li>`
    )
  }</ul>`;
}

function countLabel({ at, label }: Tick): Html {
  return html`<text x="44" y="${yOf(at) + 4}" text-anchor="end">${label}</text>`;
}

function gridLine({ at }: Tick): Html {
  return html`
    <line class="${at === 0 ? "axis" : "grid"}" x1="0" x2="100%" y1="${yOf(at)}" y2="${yOf(at)}" />
  `;
}

function timeMark({ at, label, isMain }: TimeTick): Html {
  const x = percent(at);
  // At the left edge a label in the middle of its mark would be cut off. On a phone only the main ones have room.
  const anchor = at < 0.05 ? "start" : "middle";
  return html`
    <g class="${isMain ? "" : "spare"}">
      <line class="axis" x1="${x}" x2="${x}" y1="${yOf(0)}" y2="${yOf(0) + 5}" />
      <text x="${x}" y="${yOf(0) + 21}" text-anchor="${anchor}">${label}</text>
    </g>
  `;
}

function stack(
  bucket: GrowthBucket,
  index: number,
  { count, top, startText }: {
    readonly count: number;
    readonly top: number;
    readonly startText: (from: number) => string;
  },
): Html {
  let below = 0;
  const bars = RECORD_KINDS.map((kind) => {
    const records = bucket.records[kind];
    if (records === 0) return NOTHING;
    const from = yOf(below / top);
    below += records;
    // Few among many must still be seen.
    const height = Math.max(1, from - yOf(below / top));
    const x = percent((index + (1 - BAR_SHARE) / 2) / count);
    return html`
      <rect class="${kind}" x="${x}" width="${percent(BAR_SHARE / count)}" y="${round(
        from - height,
      )}"
        height="${round(height)}" />
    `;
  });
  if (below === 0) return NOTHING;
  const told = RECORD_KINDS.filter((kind) => bucket.records[kind] > 0)
    .map((kind) => recordsText(kind, bucket.records[kind])).join(", ");
  return html`
    <g><title>${startText(bucket.from)}: ${told}</title>${bars}</g>
  `;
}

function tableOf(growth: Growth): Html {
  const rows = growth.buckets.filter((bucket) => total(bucket) > 0).map(({ from, records }) =>
    html`
      <tr><th scope="row">${periodStartText(growth, from)}</th>${RECORD_KINDS.map((kind) =>
        html`<td>${formatCount(records[kind])}</td>`
      )}</tr>
    `
  );
  return html`
    <details>
      <summary>The numbers as a table</summary>
      <div class="scroll" role="region" aria-label="Records by time" tabindex="0">
        <table class="numbers">
          <thead>
            <tr><th scope="col">From</th>${RECORD_KINDS.map((kind) =>
              html`<th scope="col">${KIND_LABELS[kind]}</th>`
            )}</tr>
          </thead>
          <tbody>
    ${rows}</tbody>
        </table>
      </div>
    </details>
  `;
}

function total({ records }: GrowthBucket): number {
  return totalOf(records);
}

// Room for half a label stays above the highest tick.
function yOf(share: number): number {
  return round(8 + (HEIGHT - 8) * (1 - share));
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
