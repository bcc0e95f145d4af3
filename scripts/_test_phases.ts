/**
 * The parts of the test run, each with a runner of its own.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findBun } from "./_bun.ts";
import { bundleInParts } from "./_bundle.ts";
import {
  installChromium,
  installCurl,
  installPromtool,
  installRedis,
  installSystemd,
} from "./_debian_tools.ts";
import { addTotals, type Totals, totalsOfRun } from "./_junit.ts";
import { EXECUTABLE, NPM_PACKAGE, ROOT } from "./_paths.ts";
import { capture, type RunOptions, runVisibly } from "./_run.ts";
import { say, seconds } from "./_say.ts";
import { buildNpm } from "./build_npm.ts";
import { compile } from "./compile.ts";

/** What every part is given. */
export interface PhaseContext {
  /** A directory that is removed after the run; the tests' own temporary files go there too. */
  readonly temporary: string;
  /** Arguments for `deno test`. */
  readonly extra: readonly string[];
  /** Whether other parts run meanwhile: what it prints comes in one piece then. */
  readonly isBesideOthers: boolean;
}

/** One part of the run. */
export type Phase = (context: PhaseContext) => Promise<Totals>;

/** All parts by name, in the order in which they run. */
export const PHASES = { unit, doc, cli, redis, page, executable, bun } as const satisfies Record<
  string,
  Phase
>;

/** The name of a part. */
export type PhaseName = keyof typeof PHASES;

/** Parts that mostly wait, or use one processor only: they run side by side. */
export const WAITING: ReadonlySet<PhaseName> = new Set<PhaseName>(["doc", "redis", "page", "bun"]);

// A test that waits for ever must end up as a failure. The slowest part takes a third of this; on a busy
// machine it may take twice as long.
const RUNNER_TIMEOUT_MS = 15 * 60_000;

// Types have a step of their own in the gate.
const IN_PARALLEL = ["--no-check", "--parallel"];

// While some tests wait for disks, timers and other processes, others have the processors.
const JOBS = navigator.hardwareConcurrency + 1;

const DOCUMENTED = ["mod.ts", "lib", "docs", "README.md", "CONTRIBUTING.md"];

// Tests that run against the source and against the executable.
const OF_BOTH = ["tests/cli", "tests/security"];

/** Everything in tests/ but the command line's, and what needs servers or a browser. */
async function unit(context: PhaseContext): Promise<Totals> {
  await installSystemd();
  await installPromtool();
  const others = [...OF_BOTH, "tests/executable", "tests/redis", "tests/page"].join();
  return await denoTest(context, "unit", [...IN_PARALLEL, `--ignore=${others}`, "tests"]);
}

/** The code in doc comments and in the documentation, whose types nothing else checks. */
function doc(context: PhaseContext): Promise<Totals> {
  return denoTest(context, "doc", ["--doc", ...DOCUMENTED]);
}

/** The command line from source, bundled: it starts a thousand times. */
async function cli(context: PhaseContext): Promise<Totals> {
  await installRedis();
  await installCurl();
  const env = { PAPYRA_BUNDLE: await bundleInParts() };
  return await denoTest(context, "cli", [...IN_PARALLEL, ...OF_BOTH], env);
}

/** What needs Redis servers, which the tests start themselves. */
async function redis(context: PhaseContext): Promise<Totals> {
  await installRedis();
  // Most of the time they wait for servers.
  const env = { DENO_JOBS: "5" };
  return await denoTest(context, "redis", [...IN_PARALLEL, "tests/redis"], env);
}

/** The page of the report, in a browser. */
async function page(context: PhaseContext): Promise<Totals> {
  await installChromium();
  return await denoTest(context, "page", ["--no-check", "tests/page"]);
}

/** The same tests against the executable, and those that only it needs. */
async function executable(context: PhaseContext): Promise<Totals> {
  await installRedis();
  await installCurl();
  await compile();
  const env = { PAPYRA_EXECUTABLE: EXECUTABLE };
  return await denoTest(
    context,
    "executable",
    [...IN_PARALLEL, "tests/executable", ...OF_BOTH],
    env,
  );
}

/** The conformance suite under Bun, from source and against the built package. */
async function bun(context: PhaseContext): Promise<Totals> {
  await buildNpm();
  return addTotals([
    await bunTest(context, "bun-source", {}),
    await bunTest(context, "bun-package", { PAPYRA_PACKAGE: NPM_PACKAGE }),
  ]);
}

async function denoTest(
  context: PhaseContext,
  name: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Totals> {
  const report = join(context.temporary, `${name}.xml`);
  const all = ["test", "-A", `--junit-path=${report}`, ...context.extra, ...args];
  const allEnv = { DENO_JOBS: String(JOBS), ...env };
  return totalsOfRun(report, await runRunner(context, name, [Deno.execPath(), ...all], allEnv));
}

async function bunTest(
  context: PhaseContext,
  name: string,
  env: Record<string, string>,
): Promise<Totals> {
  const report = join(context.temporary, `${name}.xml`);
  const files = (await readdir(join(ROOT, "tests/bun"))).filter((file) => file.endsWith(".bun.ts"));
  const args = ["test", "--reporter=junit", `--reporter-outfile=${report}`, "--timeout=60000"];
  const all = [...args, ...files.sort().map((file) => `./tests/bun/${file}`)];
  return totalsOfRun(report, await runRunner(context, name, [await findBun(), ...all], env));
}

async function runRunner(
  context: PhaseContext,
  name: string,
  [command, ...args]: readonly [command: string, ...args: string[]],
  env: Record<string, string>,
): Promise<number> {
  const options = { env: { ...environment(context), ...env }, timeoutMs: RUNNER_TIMEOUT_MS };
  const start = performance.now();
  const code = context.isBesideOthers
    ? await runInOnePiece(name, command, args, options)
    : await runVisibly(command, args, options);
  if (performance.now() - start >= RUNNER_TIMEOUT_MS) {
    say(`The ${name} tests were ended: they took longer than ${seconds(RUNNER_TIMEOUT_MS)}`);
  }
  return code;
}

async function runInOnePiece(
  name: string,
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<number> {
  const { code, stdout, stderr } = await capture(command, args, options);
  say(`\n--- ${name}\n${stdout}${stderr}`);
  return code;
}

// Runners and tests must leave nothing behind: what they put aside goes where it is removed.
function environment(context: PhaseContext): Record<string, string> {
  const temporary = join(context.temporary, "tmp");
  if (!existsSync(temporary)) Deno.mkdirSync(temporary);
  return {
    TMPDIR: temporary,
    BUN_INSTALL_CACHE_DIR: join(context.temporary, "bun"),
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
    DO_NOT_TRACK: "1",
  };
}
