/**
 * Measures Papyra beside the plainest tools and loops that do the same work, and beside what people
 * would use in its place, on this machine and disk.
 *
 * ```sh
 * deno task bench
 * deno task bench --size 1GB --rounds 9 --only scan --only compact --json figures.json
 * deno task bench --write
 * ```
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../_paths.ts";
import { say, seconds } from "../_say.ts";
import { withTemporaryDirectory } from "../_temporary_directory.ts";
import { compile } from "../compile.ts";
import type { Figures } from "./_figures.ts";
import { describeMachine, describeVersions } from "./_machine.ts";
import { type BenchOptions, readOptions, UsageError } from "./_options.ts";
import { type BenchRun, goalsSummary, pageMarkdown } from "./_page.ts";
import { MissingProgramError } from "./_programs.ts";
import { SampleStores } from "./_sample_stores.ts";
import { tableLines } from "./_table.ts";
import { measureInTurns } from "./_turns.ts";
import type { BenchContext } from "./_workload.ts";
import { WORKLOADS } from "./_workloads.ts";

const PAGE = join(ROOT, "docs", "benchmarks.md");

/** Runs the workloads that are asked for and tells of each when it is done. */
async function bench(options: BenchOptions): Promise<void> {
  const began = performance.now();
  const groups = options.only.map((name) => WORKLOADS[name]!);
  // Before minutes have passed in vain.
  const versions = await describeVersions([...new Set(groups.flatMap(({ programs }) => programs))]);
  // Measured is what this checkout makes, not what an older one left.
  if (groups.some(({ usesExecutable }) => usesExecutable)) await compile();
  await withTemporaryDirectory("bench", async (directory) => {
    const { rounds, sizeBytes, largeBytes } = options;
    const workloads: Figures[] = [];
    const run: BenchRun = {
      date: new Date().toISOString(),
      machine: await describeMachine(directory),
      versions,
      rounds,
      sizeBytes,
      largeBytes,
      workloads,
    };
    const context = { directory, stores: new SampleStores(directory, options) };
    for (const name of options.only) {
      workloads.push(...await measureGroup(name, context, rounds));
      // What is known is kept should a later one fail.
      if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(run, null, 2)}\n`);
    }
    say(`${goalsSummary(workloads)} It took ${seconds(performance.now() - began)}`);
    if (options.writesPage) writePage(run);
  });
}

async function measureGroup(
  name: string,
  context: BenchContext,
  rounds: number,
): Promise<Figures[]> {
  const began = performance.now();
  const all: Figures[] = [];
  for (const workload of await WORKLOADS[name]!.make(context)) {
    const figures = await measureInTurns(workload, rounds);
    for (const line of tableLines(figures)) say(line);
    say("");
    all.push(figures);
  }
  say(`${name} took ${seconds(performance.now() - began)}\n`);
  return all;
}

function writePage(run: BenchRun): void {
  const options = { cwd: ROOT, input: pageMarkdown(run), encoding: "utf8" } as const;
  writeFileSync(PAGE, execFileSync(Deno.execPath(), ["fmt", "--ext=md", "-"], options));
  say(`Wrote ${PAGE}`);
}

if (import.meta.main) {
  try {
    await bench(readOptions(Deno.args, Object.keys(WORKLOADS)));
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof MissingProgramError)) throw error;
    say(error.message);
    Deno.exit(64);
  }
}
