/**
 * The one gate: everything that has to hold before a change is taken. The last line is that of the
 * tests, `N passed, N failed`.
 *
 * ```sh
 * deno task ok
 * ```
 *
 * @module
 */

import { capture } from "./_run.ts";
import { say, seconds } from "./_say.ts";
import { checkLayers } from "./check_layers.ts";
import { runTests, summaryLine } from "./test.ts";

/** What a step found wrong; empty where nothing is. */
type Step = () => Promise<string>;

const STEPS: readonly (readonly [name: string, step: Step])[] = [
  ["format", () => deno("fmt", "--check")],
  ["lint", () => deno("lint")],
  ["types", () => deno("check", ".")],
  ["layers", layers],
  ["doc comments", () => deno("doc", "--lint", "mod.ts", "lib/testing/conformance.ts")],
  ["publishing", () => deno("publish", "--dry-run", "--allow-dirty", "--no-check")],
];

async function deno(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await capture(Deno.execPath(), args);
  return code === 0 ? "" : stdout + stderr;
}

async function layers(): Promise<string> {
  const findings = await checkLayers();
  return findings.map(({ path, line, message }) => `${path}:${line}: ${message}`).join("\n");
}

async function pass(name: string, step: Step): Promise<boolean> {
  const start = performance.now();
  const fault = await step();
  const elapsed = seconds(performance.now() - start);
  if (fault !== "") say(fault);
  say(`${fault === "" ? "ok    " : "FAILED"} ${name.padEnd(14)} ${elapsed}`);
  return fault === "";
}

async function tests(): Promise<boolean> {
  const start = performance.now();
  const totals = await runTests();
  const isOk = totals.failed === 0 && totals.passed > 0;
  say(`${isOk ? "ok    " : "FAILED"} ${"tests".padEnd(14)} ${seconds(performance.now() - start)}`);
  say(summaryLine(totals));
  return isOk;
}

if (import.meta.main) {
  for (const [name, step] of STEPS) {
    if (await pass(name, step)) continue;
    // The same last line as after the tests, for whoever reads only that.
    say(summaryLine({ passed: 0, failed: 1, skipped: 0 }));
    Deno.exit(1);
  }
  if (!await tests()) Deno.exit(1);
}
