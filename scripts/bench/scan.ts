/**
 * Looking at every byte of a store.
 *
 * @module
 */

import { papyra, ratedCommand } from "./_command.ts";
import { runSubject, type Runtime, subjectCommand } from "./_subject.ts";
import type { BenchContext, Goal, Variant, Workload } from "./_workload.ts";
import type { SampleStore } from "./_sample_stores.ts";
import type { SubjectName } from "./subject.ts";

const DAMAGE_FOUND = 2;

/** A scan beside tools that look at every byte too, and beside a checksum of each line. */
export async function scan({ stores }: BenchContext): Promise<Workload> {
  const [clean, damaged] = [await stores.whole(), await stores.damaged()];
  const jq = tool("jq -e .", ["jq", "-e", "."], await stores.input());
  const wc = tool("wc -l", ["wc", "-l"], clean);
  const looped = loop("bare CRC loop, Deno", "Deno", "checksums", clean);
  const loopedWhole = await wholeLoop("bare CRC loop, Bun, whole process", clean);
  const module = loop("papyra, module on Deno", "Deno", "scan", clean);
  const executable = scanning("papyra, executable", clean, 0);
  const goals: Goal[] = [
    { of: module.name, against: looped.name, atLeast: 0.8 },
    { of: module.name, against: jq.name, atLeast: 15 },
    { of: executable.name, against: loopedWhole.name, atLeast: 0.8 },
    { of: executable.name, against: jq.name, atLeast: 15 },
    { of: executable.name, against: wc.name, atLeast: 0.2 },
  ];
  return {
    name: "Scan",
    unit: "MB/s",
    about: "Every line is verified. What runs as a whole process is measured from start to end, " +
      "the others from opening the store. In the damaged store a bit is flipped in every " +
      "thousandth line. `jq` reads a third as much: it would take most of the time.",
    variants: [
      jq,
      wc,
      looped,
      module,
      loopedWhole,
      executable,
      loop("papyra, module on Deno, damaged", "Deno", "scan", damaged),
      scanning("papyra, executable, damaged", damaged, DAMAGE_FOUND),
    ],
    goals,
  };
}

function tool(
  name: string,
  command: readonly [string, ...string[]],
  { path, bytes }: SampleStore,
): Variant {
  return ratedCommand({ name, commands: [{ run: [...command, path] }] }, bytes / 1e6);
}

function scanning(name: string, { path, bytes }: SampleStore, code: number): Variant {
  const commands = [papyra(["persistence", "scan", "--path", path], { code })];
  return ratedCommand({ name, isPapyra: true, commands }, bytes / 1e6);
}

function loop(
  name: string,
  runtime: Runtime,
  subject: SubjectName,
  { path }: SampleStore,
): Variant {
  const isPapyra = subject === "scan";
  return { name, isPapyra, run: () => runSubject(runtime, subject, { path }) };
}

async function wholeLoop(name: string, { path, bytes }: SampleStore): Promise<Variant> {
  const commands = [{ run: await subjectCommand("Bun", "checksums", { path }) }];
  return ratedCommand({ name, commands }, bytes / 1e6);
}
