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

import { closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatSize, parseSize } from "../../lib/model/units.ts";
import { EXECUTABLE } from "../_paths.ts";
import { say, seconds } from "../_say.ts";
import { withTemporaryDirectory } from "../_temporary_directory.ts";
import { compile } from "../compile.ts";
import { makeSampleStore } from "./_sample_store.ts";

const RESIDENT_BYTES_MAX = 150e6;
const LOOK_EVERY_MS = 5;

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
  const start = performance.now();
  const child = new Deno.Command(EXECUTABLE, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const watch = new Peak(child.pid);
  const { code, stderr } = await child.output();
  const peakBytes = watch.stop();
  const isOk = code === expected && peakBytes < RESIDENT_BYTES_MAX;
  const columns = [
    name.padEnd(20),
    formatSize(peakBytes).padStart(12),
    seconds(performance.now() - start).padStart(10),
    `exit ${code}`.padStart(10),
  ];
  say(`${columns.join("")}${isOk ? "" : "  FAILED"}`);
  if (code !== expected) say(new TextDecoder().decode(stderr));
  return isOk;
}

/** The most memory that a process has had resident, as the kernel keeps it. */
class Peak {
  readonly #timer: ReturnType<typeof setInterval>;
  #bytes = 0;

  constructor(pid: number) {
    this.#timer = setInterval(() => this.#look(pid), LOOK_EVERY_MS);
  }

  stop(): number {
    clearInterval(this.#timer);
    return this.#bytes;
  }

  #look(pid: number): void {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
      this.#bytes = Math.max(this.#bytes, Number(kibibytes ?? 0) * 1024);
    } catch {
      // It has just ended.
    }
  }
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
    const records = await makeSampleStore(store, parseSize(values.size));
    damage(store);
    say(`${records} records, ${formatSize(statSync(store).size)}`);
    const results: boolean[] = [];
    for (const one of casesFor(store)) results.push(await run(one));
    return results.every(Boolean);
  });
  if (!isOk) Deno.exit(1);
}
