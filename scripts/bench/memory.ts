/**
 * The memory that the executable takes for a large store: the most that was resident at once, which
 * must not grow with the store.
 *
 * ```sh
 * deno task compile && deno run -A scripts/bench/memory.ts --size 1GB
 * ```
 *
 * @module
 */

import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatSize, parseSize } from "../../lib/model/units.ts";
import { EXECUTABLE } from "../_paths.ts";
import { say, seconds } from "../_say.ts";
import { withTemporaryDirectory } from "../_temporary_directory.ts";
import { compile } from "../compile.ts";
import { makeSampleStore } from "./_sample_store.ts";
import { watch } from "./_watched_process.ts";
import { PEAK_BYTES_MAX } from "./_workload.ts";

/** A command, and the exit code that it has to end with. */
type Case = readonly [name: string, args: readonly string[], code: number];

function casesFor(store: string): readonly Case[] {
  const path = ["--path", store];
  return [
    ["newest 50", ["inspect", "events", ...path, "--limit", "50"], 0],
    ["full listing", ["inspect", "events", ...path], 0],
    ["summary", ["inspect", "summary", ...path], 0],
    ["scan of damage", ["persistence", "scan", ...path], 2],
    ["recover", ["persistence", "recover", ...path, "--mode", "repair"], 0],
    ["scan", ["persistence", "scan", ...path], 0],
    ["compact", ["persistence", "compact", ...path, "--max-records", "1000000"], 0],
  ];
}

async function run([name, args, expected]: Case): Promise<boolean> {
  const { code, peakBytes, milliseconds, stderr } = await watch(EXECUTABLE, args);
  const isOk = code === expected && peakBytes < PEAK_BYTES_MAX;
  const columns = [
    name.padEnd(20),
    formatSize(peakBytes).padStart(12),
    seconds(milliseconds).padStart(10),
    `exit ${code}`.padStart(10),
  ];
  say(`${columns.join("")}${isOk ? "" : "  FAILED"}`);
  if (code !== expected) say(stderr);
  return isOk;
}

function damage(store: string): void {
  const file = openSync(store, "r+");
  writeSync(file, new Uint8Array(4), 0, 4, Math.floor(statSync(store).size / 2));
  closeSync(file);
}

if (import.meta.main) {
  const options = { size: { type: "string", default: "1GB" } } as const;
  const { values } = parseArgs({ args: Deno.args, options });
  // Measured is what this checkout makes, not what an older one left.
  await compile();
  const isOk = await withTemporaryDirectory("memory", async (directory) => {
    const store = join(directory, "store.ndjson");
    const records = await makeSampleStore(store, { bytes: parseSize(values.size) });
    damage(store);
    say(`${records} records, ${formatSize(statSync(store).size)}`);
    const results: boolean[] = [];
    for (const one of casesFor(store)) results.push(await run(one));
    return results.every(Boolean);
  });
  if (!isOk) Deno.exit(1);
}
