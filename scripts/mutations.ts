/**
 * Breaks a copy of the code in one way after another (`tests/mutations/`), and runs the harnesses that are
 * meant to find that. Each must be green on the code as it is, and red on the broken one.
 *
 * ```sh
 * deno task mutations
 * deno task mutations --only sync --by crashPoints
 * ```
 *
 * @module
 */

import { parseArgs } from "node:util";
import { copyProject, whileBroken } from "../tests/mutations/copy.ts";
import { type Harness, HARNESSES, type HarnessName } from "../tests/mutations/harnesses.ts";
import type { Mutation } from "../tests/mutations/mutation.ts";
import { MUTATIONS } from "../tests/mutations/mutations.ts";
import { capture, captureOrThrow } from "./_run.ts";
import { say, seconds } from "./_say.ts";
import { withTemporaryDirectory } from "./_temporary_directory.ts";

// What hangs because it is broken is found too, but not for that: the longest harness takes a fraction.
const TIMEOUT_MS = 15 * 60_000;

/** What is tried. */
interface Arguments {
  /** Part of the names of the mutations. */
  readonly only: string;
  /** Part of the names of the harnesses. */
  readonly by: string;
  /** Whether the harnesses are run on the code as it is. */
  readonly isBaselineLeftOut: boolean;
}

/** What a harness says of a build. */
type Verdict = "green" | "red" | "broken off";

async function runHarness(directory: string, harness: Harness): Promise<Verdict> {
  const options = { cwd: directory };
  if (harness.prepare !== undefined) {
    await captureOrThrow(Deno.execPath(), ["run", "-A", harness.prepare], options);
  }
  const args = ["test", "-A", "--no-check", "--fail-fast", ...harness.args];
  const { code, stdout, stderr } = await capture(Deno.execPath(), args, {
    ...options,
    env: { ...harness.env },
    timeoutMs: TIMEOUT_MS,
  });
  const [, passed, failed] = /(\d+) passed.*?\| (\d+) failed/.exec(stdout) ?? [];
  if (code === 0 && Number(passed) > 0) return "green";
  if (Number(failed) > 0) return "red";
  say(stdout.slice(-2000) + stderr.slice(-2000));
  return "broken off";
}

/** Returns whether a harness says what it is expected to. */
async function expectVerdict(
  name: HarnessName,
  directory: string,
  expected: Verdict,
): Promise<boolean> {
  const began = performance.now();
  const verdict = await runHarness(directory, HARNESSES[name]);
  const isExpected = verdict === expected;
  const mark = isExpected ? "ok  " : "FAIL";
  say(`  ${mark} ${name}: ${verdict}, after ${seconds(performance.now() - began)}`);
  return isExpected;
}

/** Returns how many verdicts were not what they have to be, and how many there were. */
async function tryAll(directory: string, given: Arguments): Promise<{ bad: number; all: number }> {
  await copyProject(directory);
  let bad = 0;
  let all = 0;
  const expectAll = async (names: readonly HarnessName[], expected: Verdict): Promise<void> => {
    for (const name of names) {
      all++;
      if (!await expectVerdict(name, directory, expected)) bad++;
    }
  };
  const harnessesOf = ({ caughtBy }: Mutation): readonly HarnessName[] =>
    caughtBy.filter((name) => name.includes(given.by));
  const chosen = MUTATIONS.filter((mutation) =>
    mutation.name.includes(given.only) && harnessesOf(mutation).length > 0
  );
  if (!given.isBaselineLeftOut) {
    say("the code as it is");
    await expectAll([...new Set(chosen.flatMap(harnessesOf))], "green");
  }
  for (const mutation of chosen) {
    say(mutation.name);
    await whileBroken(
      directory,
      mutation.edits,
      () => expectAll(harnessesOf(mutation), "red"),
    );
  }
  say(`\n${chosen.length} mutations, ${all} verdicts, ${bad} of them wrong`);
  return { bad, all };
}

function readArguments(args: string[]): Arguments {
  const options = {
    only: { type: "string", default: "" },
    by: { type: "string", default: "" },
    "no-baseline": { type: "boolean", default: false },
  } as const;
  const { values } = parseArgs({ args, options });
  return { only: values.only, by: values.by, isBaselineLeftOut: values["no-baseline"] };
}

if (import.meta.main) {
  const given = readArguments(Deno.args);
  const { bad, all } = await withTemporaryDirectory(
    "mutations",
    (directory) => tryAll(directory, given),
  );
  if (bad > 0 || all === 0) Deno.exit(1);
}
