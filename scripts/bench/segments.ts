/**
 * A large store in segments beside a small one: what is asked of it most must take the same time.
 *
 * ```sh
 * deno task bench:segments --size 10GB --small 100MB --rounds 5
 * ```
 *
 * @module
 */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatSize, parseSize } from "../../lib/model/units.ts";
import { EXECUTABLE } from "../_paths.ts";
import { captureOrThrow } from "../_run.ts";
import { say } from "../_say.ts";
import { withTemporaryDirectory } from "../_temporary_directory.ts";
import { compile } from "../compile.ts";
import { median } from "./_figures.ts";
import { FIRST_TIMESTAMP, RECORDS_PER_SECOND } from "./_sample_record.ts";
import { makeSampleStore } from "./_sample_store.ts";
import { watch, type Watched } from "./_watched_process.ts";

const HOUR_SECONDS = 3600;

interface SampleStore {
  readonly name: string;
  readonly directory: string;
  readonly path: string;
  readonly records: number;
}

/** A question, put to the executable. */
type Question = readonly [name: string, argsFor: (store: SampleStore) => readonly string[]];

const QUESTIONS: readonly Question[] = [
  ["open", () => ["persistence", "history"]],
  ["append one", () => ["record", "event", "--type", "Tick"]],
  ["newest 50", () => ["inspect", "events", "--limit", "50"]],
  ["an hour in the middle", ({ records }) => {
    const middle = FIRST_TIMESTAMP + records / RECORDS_PER_SECOND / 2;
    const period = ["--since", `${middle}`, "--until", `${middle + HOUR_SECONDS}`];
    return ["inspect", "events", ...period, "--limit", "50"];
  }],
  ["scan --since-last", () => ["persistence", "scan", "--since-last"]],
];

async function makeStore(
  name: string,
  directory: string,
  sizeBytes: number,
  segmentBytes: number,
): Promise<SampleStore> {
  const path = join(directory, name, "store.ndjson");
  const records = await makeSampleStore(path, { bytes: sizeBytes, segmentBytes });
  return { name, directory: join(directory, name), path, records };
}

async function ask(store: SampleStore, args: readonly string[]): Promise<Watched> {
  const watched = await watch(EXECUTABLE, [...args, "--path", store.path]);
  if (watched.code !== 0) throw new Error(`papyra ${args.join(" ")}: ${watched.stderr}`);
  return watched;
}

async function compare(
  [name, argsFor]: Question,
  stores: readonly SampleStore[],
  rounds: number,
): Promise<void> {
  const taken: Watched[][] = stores.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, store] of stores.entries()) {
      taken[index]!.push(await ask(store, argsFor(store)));
    }
  }
  const medians = taken.map((each) => median(each.map(({ milliseconds }) => milliseconds)));
  const peaks = taken.map((each) => Math.max(...each.map(({ peakBytes }) => peakBytes)));
  const columns = medians.map((ms, index) =>
    `${ms.toFixed(0)} ms ${formatSize(peaks[index]!)}`.padStart(22)
  );
  say(`${name.padEnd(24)}${columns.join("")}${(medians[1]! / medians[0]!).toFixed(2).padStart(8)}`);
}

async function compact(store: SampleStore): Promise<void> {
  const before = bytesIn(store.directory);
  let most = before;
  const kept = Math.floor(store.records * 0.45);
  const args = ["persistence", "compact", "--max-records", `${kept}`, "--path", store.path];
  let looks = 0;
  const { code, stderr, milliseconds, peakBytes } = await watch(EXECUTABLE, args, () => {
    if (looks++ % 4 === 0) most = Math.max(most, bytesIn(store.directory));
  });
  if (code !== 0) throw new Error(stderr);
  say(
    `compaction to about half${" ".repeat(4)}${(milliseconds / 1000).toFixed(1)} s, ` +
      `${formatSize(peakBytes)} of memory, extra disk ${formatSize(most - before)}, ` +
      `${formatSize(before - bytesIn(store.directory))} given back`,
  );
}

function bytesIn(directory: string): number {
  let sum = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) sum += bytesIn(path);
    // It may be replaced while it is looked at.
    else if (existsSync(path)) sum += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return sum;
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      size: { type: "string", default: "10GB" },
      small: { type: "string", default: "100MB" },
      segment: { type: "string", default: "32MiB" },
      rounds: { type: "string", default: "5" },
    },
  });
  await compile();
  await withTemporaryDirectory("segments", async (directory) => {
    const segment = parseSize(values.segment);
    const stores = [
      await makeStore("small", directory, parseSize(values.small), segment),
      await makeStore("large", directory, parseSize(values.size), segment),
    ];
    // What is still on its way to the disk would be charged to whoever syncs first.
    await captureOrThrow("sync", []);
    for (const store of stores) {
      const { milliseconds, peakBytes } = await ask(store, ["persistence", "scan"]);
      const files = readdirSync(store.directory).length;
      say(
        `${store.name}: ${store.records} records, ${formatSize(bytesIn(store.directory))}, ` +
          `${files} files; scanned in ${(milliseconds / 1000).toFixed(1)} s, ` +
          `${formatSize(peakBytes)} of memory`,
      );
    }
    say(`${"".padEnd(24)}${"small".padStart(22)}${"large".padStart(22)}${"ratio".padStart(8)}`);
    for (const question of QUESTIONS) await compare(question, stores, Number(values.rounds));
    await compact(stores[1]!);
  });
}
