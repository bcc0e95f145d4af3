/**
 * Parts of a whole: a table that is a plot of bars too.
 *
 * @module
 */

import { type Html, html } from "./html.ts";

/** One part. */
export interface BarRow {
  /** What it is. */
  readonly label: string;
  /** Whether the label is a name out of records, which is shown as such. */
  readonly isName: boolean;
  /** How much it is. */
  readonly amount: number;
  /** The same for people. */
  readonly text: string;
  /** The class of its colour. */
  readonly colour: string;
}

/** The table. */
export function barTable(
  caption: string,
  columns: readonly [label: string, amount: string],
  rows: readonly BarRow[],
): Html {
  const all = rows.reduce((sum, { amount }) => sum + amount, 0);
  const most = Math.max(...rows.map(({ amount }) => amount));
  return html`
    <table class="bars">
      <caption>${caption}</caption>
      <thead>
        <tr>
          <th scope="col">${columns[0]}</th>
          <th scope="col">${columns[1]}</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
    ${rows.map(({ label, isName, amount, text, colour }) =>
      html`
        <tr>
          <th scope="row">${isName ? html`<code>${label}</code>` : label}</th>
          <td>${text}</td>
          <td><svg aria-hidden="true" width="100%" height="14"><rect class="rail" width="100%" height="14" rx="3"/><rect class="${colour}" width="${width(
            amount,
            most,
          )}" height="14" rx="3"/></svg> <span>${share(amount, all)}</span></td>
        </tr>
      `
    )}</tbody>
    </table>
  `;
}

function width(amount: number, most: number): string {
  if (amount <= 0) return "0";
  return `${Math.max(0.5, Number((amount / most * 100).toFixed(2)))}%`;
}

function share(amount: number, all: number): string {
  const percent = all === 0 ? 0 : amount / all * 100;
  return percent > 0 && percent < 0.1 ? "< 0.1%" : `${Number(percent.toFixed(1))}%`;
}
