/**
 * The report on a store as one page that needs nothing else: no script, no picture, no request.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { StoreReport, StoreState } from "../store_report.ts";
import { formatMoment } from "../wording.ts";
import { growthFigure } from "./growth_plot.ts";
import { Html, html, NOTHING } from "./html.ts";
import { PAGE_STYLE } from "./page_style.ts";
import { anomalies, disk, operations, overview, section, size, types } from "./sections.ts";

const STYLE_HASH = createHash("sha256").update(PAGE_STYLE).digest("base64");

/**
 * What the page may load and do: nothing but its own style and icon. It stands in the page; a server sends it as
 * `Content-Security-Policy` too, with `frame-ancestors 'none'`, which only a header can say.
 */
export const PAGE_POLICY: string =
  `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; ` +
  "base-uri 'none'; form-action 'none'";

// Three bars. Without one in the page, a browser would ask the server for it.
const ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E" +
  "%3Crect width='16' height='16' rx='3' fill='%232f6fde'/%3E%3Cpath d='M3 13V9h2.6v4zm3.7 0V6h2.6" +
  "v7zm3.7 0V3H13v10z' fill='%23fff'/%3E%3C/svg%3E";

const PATHS: { readonly [S in StoreState]: string } = {
  healthy: "M5 13l4.5 4.5L19 7.5",
  attention: "M12 4v10M12 19v.5",
  damaged: "M6 6l12 12M18 6L6 18",
  absent: "M6 12h12",
};

const STATE_LABELS: { readonly [S in StoreState]: string } = {
  healthy: "Healthy",
  attention: "Needs a look",
  damaged: "Damaged",
  absent: "No store",
};

/**
 * Writes a report as a page. Whatever comes from records, names and paths stands there as text.
 *
 * @example
 * ```ts
 * import { createReport, openStore, reportPage } from "@papyra/papyra";
 *
 * await using store = await openStore("memory:");
 * const page = reportPage(await createReport(store));
 * console.log(page.startsWith("<!doctype html>")); // true
 * ```
 */
export function reportPage(report: StoreReport): string {
  const { verdict, description, createdAt } = report;
  const state = STATE_LABELS[verdict.state];
  const page = html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="${ICON}">
        <meta name="referrer" content="no-referrer">
        <title>${state}: ${description.store} – Papyra report</title>
        <style>${Html.own(PAGE_STYLE)}</style>
      </head>
      <body>
        <header>
          <h1>Papyra report</h1>
          <p class="place"><code>${description.store}</code></p>
          ${verdictBox(report)}
        </header>
        <main>${sectionsOf(report)}</main>
        <footer>Made <time datetime="${new Date(createdAt * 1000).toISOString()}">${formatMoment(
          createdAt,
        )}</time> in ${report.durationSeconds.toFixed(2)} s. All times are in UTC.</footer>
      </body>
    </html>
  `;
  return `${page.text.trim()}\n`;
}

function verdictBox({ verdict: { state, sentence, next } }: StoreReport): Html {
  const command = next === "" ? NOTHING : html`<code class="command">${next}</code>`;
  return html`
    <div class="verdict ${state}">
      <svg width="24" height="24" viewBox="0 0 24 24" role="img" aria-label="${STATE_LABELS[
        state
      ]}">
        <path d="${PATHS[state]}" />
      </svg>
      <div><p>${sentence}</p>${command}</div>
    </div>
  `;
}

// Damage comes before everything else; where there is none, that is soon said.
function sectionsOf(report: StoreReport): readonly Html[] {
  const { eventTypes, messageTypes } = report;
  const isUpset = report.anomalies.total > 0;
  const damage = section("anomalies", "Anomalies", anomalies(report));
  const left = [
    section("events", "Event types", types(eventTypes, "events", "event")),
    isUpset ? NOTHING : damage,
    section("operations", "Last operations", operations(report.operations)),
  ];
  const right = [
    section("letters", "Dead letters by type", types(messageTypes, "messages", "dead_letter")),
    section("size", "Size", size(report.size)),
    section("disk", "Disk", disk(report)),
  ];
  return [
    isUpset ? damage : NOTHING,
    section("holds", "What it holds", overview(report)),
    section("growth", "Growth", growthFigure(report.growth)),
    html`
      <div class="columns">
        <div>${left}</div>
        <div>${right}</div>
      </div>
    `,
  ];
}
