/**
 * Figures as a table for the terminal.
 *
 * @module
 */

import type { Figures, VariantFigures, Verdict } from "./_figures.ts";
import { megabytes, number } from "./_numbers.ts";

const NAME_COLUMNS = 50;

/** The lines of a table. */
export function tableLines({ name, unit, variants, goals }: Figures): string[] {
  const head = ["median", "spread", "ratio", "peak"].map((title) => title.padStart(14)).join("");
  return [
    `${`${name} (${unit})`.padEnd(NAME_COLUMNS)}${head}`,
    ...variants.map(variantLine),
    ...goals.map(goalLine),
  ];
}

function variantLine(variant: VariantFigures): string {
  const { name, median, spread, ratio, peakBytes } = variant;
  const columns = [number(median), `±${(spread * 100).toFixed(0)} %`, `${number(ratio)}x`];
  const peak = peakBytes === null ? "" : megabytes(peakBytes);
  return `  ${name.padEnd(NAME_COLUMNS - 2)}${
    [...columns, peak].map((text) => text.padStart(14)).join("")
  }`;
}

function goalLine(goal: Verdict): string {
  return `  ${goal.isReached ? "reached" : "MISSED "}  ${goalText(goal)}`;
}

/** What was asked and what was reached, in words. */
export function goalText({ of, figure, against, atLeast, atMost, reached }: Verdict): string {
  const times = against === undefined ? "" : "x";
  const text = (value: number) => figure === "peak" ? megabytes(value) : `${number(value)}${times}`;
  const limits = [
    ...(atLeast === undefined ? [] : [`at least ${text(atLeast)}`]),
    ...(atMost === undefined ? [] : [`at most ${text(atMost)}`]),
  ].join(", ");
  const what = figure === "peak" ? `memory of ${of}` : of;
  const beside = against === undefined ? "" : ` beside ${against}`;
  return `${what}${beside}: ${text(reached)} (${limits})`;
}
