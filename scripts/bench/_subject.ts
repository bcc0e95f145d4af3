/**
 * Runs a subject, a loop that is measured, in a process of its own: under Deno, or under Bun, which
 * the executable is made of.
 *
 * @module
 */

import { join } from "node:path";
import { findBun } from "../_bun.ts";
import { DIST } from "../_paths.ts";
import { captureOrThrow } from "../_run.ts";
import type { Measured } from "./_workload.ts";
import type { SubjectName, SubjectOptions, SubjectResult } from "./subject.ts";

/** What runs a subject. */
export type Runtime = "Deno" | "Bun";

/** All of them. */
export const RUNTIMES: readonly Runtime[] = ["Deno", "Bun"];

const ENTRY = join(import.meta.dirname!, "subject.ts");
const BUNDLE = join(DIST, "bench", "subject.js");

let bunCommand: Promise<readonly [string, ...string[]]> | undefined;

/** What runs a subject. */
export async function subjectCommand(
  runtime: Runtime,
  name: SubjectName,
  options: SubjectOptions,
): Promise<readonly [program: string, ...args: string[]]> {
  const command = runtime === "Deno"
    ? [Deno.execPath(), "run", "-A", ENTRY] as const
    : await (bunCommand ??= prepareBun());
  return [...command, name, JSON.stringify(options)];
}

/** Runs a subject once. */
export async function runSubject(
  runtime: Runtime,
  name: SubjectName,
  options: SubjectOptions,
): Promise<Measured> {
  const [program, ...args] = await subjectCommand(runtime, name, options);
  const output = await captureOrThrow(program, args);
  const { value, peakBytes }: SubjectResult = JSON.parse(output);
  return { value, peakBytes };
}

// Bun knows nothing of deno.json. Addons are loaded by Deno alone.
async function prepareBun(): Promise<readonly [string, ...string[]]> {
  const bundle = ["bundle", "--platform=deno", "--external=classic-level", "-o", BUNDLE, ENTRY];
  await captureOrThrow(Deno.execPath(), bundle);
  return [await findBun(), BUNDLE];
}
