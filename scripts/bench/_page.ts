/**
 * The page of figures, docs/benchmarks.md.
 *
 * @module
 */

import type { Figures, VariantFigures } from "./_figures.ts";
import type { Machine } from "./_machine.ts";
import { megabytes, number } from "./_numbers.ts";
import { goalText } from "./_table.ts";

/** A run and what came out. */
export interface BenchRun {
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly versions: { readonly [name: string]: string };
  /** How often each variant was run. */
  readonly rounds: number;
  /** Bytes of the store that is read and written as a whole. */
  readonly sizeBytes: number;
  /** Bytes of the store that is looked into. */
  readonly largeBytes: number;
  readonly workloads: readonly Figures[];
}

/** The page, not formatted yet. */
export function pageMarkdown(run: BenchRun): string {
  return [
    "# Benchmarks",
    "",
    "Written by `deno task bench --write`: figures are never put here by hand.",
    "",
    ...aboutRun(run),
    ...READING,
    ...goalsSection(run.workloads),
    ...run.workloads.flatMap(workloadSection),
    ...AGAIN,
  ].join("\n");
}

const READING = [
  "## How to read it",
  "",
  "- Every variant of a workload ran once in each round, in turns, so that whatever else the machine",
  "  did met all of them alike.",
  "- **median** is the middle of the rounds, **spread** half the way from the least to the most.",
  "- **ratio** is to the first line of the table: formed within each round, and the middle of those.",
  "  Of rates, more is better; of times (ms, ns), less is.",
  "- **peak** is the most memory that the process had resident at once; nothing where it ended before",
  "  anybody could look. On Deno and Bun that is the whole runtime.",
  "- A goal that is asked of one line **beside** another is asked of their ratio, formed alike.",
  "- Loops, databases and streams ran in a process of their own each, under the runtime that the",
  "  heading names. The executable is made of Bun.",
  "- Ratios carry over to other machines, as far as a disk takes as long to sync; rates do not.",
  "",
];

const AGAIN = [
  "## How to measure again",
  "",
  "```sh",
  "deno task bench --write",
  "deno task bench --only scan --only compact --size 1GB --rounds 9 --json figures.json",
  "```",
  "",
  "The first writes this page. `TMPDIR` names the disk to measure on. It needs `jq` and `node` beside",
  "Deno; all else comes from npm.",
  "",
];

function aboutRun({ date, machine, versions, rounds, sizeBytes, largeBytes }: BenchRun): string[] {
  const rows: [string, string][] = [
    ["date", date.slice(0, 10)],
    ["processor", `${machine.cpu}, ${machine.cores} cores`],
    ["memory", `${number(machine.memoryBytes / 1e9)} GB`],
    ["system", machine.system],
    ["disk", machine.disk],
    ["versions", Object.entries(versions).map((entry) => entry.join(" ")).join(", ")],
    ["rounds", `${rounds}`],
    ["stores", `${megabytes(sizeBytes)}; the large one ${megabytes(largeBytes)}`],
  ];
  return ["|  |  |", "| --- | --- |", ...rows.map(tableLine), ""];
}

/** How many goals are reached, in words. */
export function goalsSummary(workloads: readonly Figures[]): string {
  const goals = workloads.flatMap(({ goals }) => goals);
  return `${
    goals.filter(({ isReached }) => isReached).length
  } of ${goals.length} goals are reached.`;
}

function goalsSection(workloads: readonly Figures[]): string[] {
  const goals = workloads.flatMap(({ name, goals }) => goals.map((goal) => ({ name, goal })));
  const missed = goals.filter(({ goal }) => !goal.isReached);
  return [
    "## Goals",
    "",
    `${goalsSummary(workloads)}${missed.length === 0 ? "" : " Missed:"}`,
    "",
    ...missed.map(({ name, goal }) => `- ${name}: ${goalText(goal)}`),
    "",
  ];
}

function workloadSection({ name, unit, about, variants, goals }: Figures): string[] {
  const head = ["", `median, ${unit}`, "spread", "ratio", "peak"];
  return [
    `## ${name}`,
    "",
    about,
    "",
    ...table(head, variants.map(rowOf)),
    "",
    ...goals.map((goal) => `- ${goal.isReached ? "reached" : "**missed**"}: ${goalText(goal)}`),
    "",
  ];
}

function rowOf({ name, median, spread, ratio, peakBytes }: VariantFigures): string[] {
  return [
    name,
    number(median),
    `±${(spread * 100).toFixed(0)} %`,
    `${number(ratio)}x`,
    peakBytes === null ? "" : megabytes(peakBytes),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const rule = head.map((_, column) => column === 0 ? "---" : "---:");
  return [head, rule, ...rows].map(tableLine);
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
