/**
 * Records on a Redis server of its own, beside the bare client and `redis-benchmark`; then what a scan
 * and a compaction of a long stream take of memory.
 *
 * ```sh
 * deno task bench:redis
 * deno task compile && deno task bench:redis --entries 1000000
 * ```
 *
 * @module
 */

import { createClient } from "@redis/client";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatSize } from "../../lib/model/units.ts";
import { openStore, type PersistenceBackend } from "../../mod.ts";
import { type Servers, standalone } from "../../tests/redis/servers.ts";
import { EXECUTABLE } from "../_paths.ts";
import { captureOrThrow } from "../_run.ts";
import { say, seconds } from "../_say.ts";
import { withTemporaryDirectory } from "../_temporary_directory.ts";
import { sampleRecord } from "./_sample_record.ts";
import { watch } from "./_watched_process.ts";
import { tableLines } from "./_table.ts";
import { measureInTurns } from "./_turns.ts";
import type { Measured, Workload } from "./_workload.ts";

const RECORDS = 200_000;
const IN_FLIGHT = 1000;
const BATCH_RECORDS = 1000;
const LINE = JSON.stringify({ ...sampleRecord(2), crc: "00000000" });

function append({ url, processes: [server] }: Servers): Workload {
  const prepare = async () => void await server!.command("FLUSHALL");
  return {
    name: `append, ${IN_FLIGHT} in flight`,
    unit: "records/s",
    about: "Records on a server on this machine, which keeps nothing on its disk.",
    goals: [],
    variants: [
      { name: "bare client", prepare, run: rateOf(() => bareClient(url, serialized)) },
      {
        name: "bare client, one line that is ready",
        prepare,
        run: rateOf(() => bareClient(url, () => LINE)),
      },
      { name: "papyra, one record a call", prepare, run: rateOf(() => papyra(url, oneEach)) },
      {
        name: `papyra, ${BATCH_RECORDS} records a call`,
        prepare,
        run: rateOf(() => papyra(url, batches)),
      },
      {
        name: `redis-benchmark -P ${IN_FLIGHT}`,
        prepare,
        run: rateOf(() => benchmark(server!.port)),
      },
    ],
  };
}

// A run in this process, of work that returns how much it was: so much a second.
function rateOf(work: () => Promise<number>): () => Promise<Measured> {
  return async () => {
    const start = performance.now();
    const amount = await work();
    return { value: amount / ((performance.now() - start) / 1000), peakBytes: null };
  };
}

async function bareClient(url: string, lineOf: (index: number) => string): Promise<number> {
  const client = createClient({ url });
  await client.connect();
  await inFlight((index) => client.sendCommand(["XADD", "bare", "*", "data", lineOf(index)]));
  await client.close();
  return RECORDS;
}

function serialized(index: number): string {
  return JSON.stringify(sampleRecord(index));
}

async function papyra(
  url: string,
  write: (store: PersistenceBackend) => Promise<unknown>,
): Promise<number> {
  await using store = await openStore(url);
  await write(store);
  return RECORDS;
}

function oneEach(store: PersistenceBackend): Promise<void> {
  return inFlight((index) => store.recordMany([sampleRecord(index)]));
}

async function batches(store: PersistenceBackend): Promise<void> {
  const calls: Promise<unknown>[] = [];
  for (let from = 0; from < RECORDS; from += BATCH_RECORDS) {
    const records = Array.from({ length: BATCH_RECORDS }, (_, at) => sampleRecord(from + at));
    calls.push(store.recordMany(records));
  }
  await Promise.all(calls);
}

async function inFlight(write: (index: number) => Promise<unknown>): Promise<void> {
  const each = RECORDS / IN_FLIGHT;
  await Promise.all(Array.from({ length: IN_FLIGHT }, async (_, lane) => {
    for (let index = 0; index < each; index++) await write(lane * each + index);
  }));
}

async function benchmark(port: number): Promise<number> {
  const command = ["XADD", "benchmark", "*", "data", LINE];
  const args = ["-p", `${port}`, "-n", `${RECORDS}`, "-c", "1", "-P", `${IN_FLIGHT}`, "-q"];
  await captureOrThrow("redis-benchmark", [...args, ...command]);
  return RECORDS;
}

async function longStream(
  { url, processes: [server] }: Servers,
  entries: number,
  directory: string,
): Promise<void> {
  await server!.command("FLUSHALL");
  {
    await using store = await openStore(url);
    for (let from = 0; from < entries; from += 20_000) {
      const records = Array.from({ length: 20_000 }, (_, at) => sampleRecord(from + at));
      await store.recordMany(records);
    }
  }
  say(`\n${entries} entries`);
  const store = ["--store", url];
  const file = join(directory, "copy.ndjson");
  const commands: { readonly [name: string]: readonly string[] } = {
    "scan": ["persistence", "scan", ...store],
    "newest 50": ["inspect", "events", "--limit", "50", ...store],
    "full listing": ["inspect", "events", "--quiet", ...store],
    "copy to a file": ["copy", "--from", url, "--to", file],
    "copy from a file": ["copy", "--from", file, "--to", `${url}?system_id=copy`],
    "compact to a tenth": [
      ...["persistence", "compact", "--max-records", `${Math.floor(entries / 10)}`],
      ...store,
    ],
  };
  for (const [name, command] of Object.entries(commands)) {
    const { code, peakBytes, milliseconds, stderr } = await watch(EXECUTABLE, command);
    const columns = [formatSize(peakBytes).padStart(12), seconds(milliseconds).padStart(10)];
    say(`  ${name.padEnd(30)}${columns.join("")}  exit ${code} ${stderr}`);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      rounds: { type: "string", default: "5" },
      entries: { type: "string", default: "0" },
    },
  });
  await withTemporaryDirectory("bench", async (directory) => {
    const servers = await standalone()(directory);
    try {
      const rounds = Number(values.rounds);
      if (rounds > 0) {
        for (const line of tableLines(await measureInTurns(append(servers), rounds))) say(line);
      }
      const entries = Number(values.entries);
      if (entries > 0) await longStream(servers, entries, directory);
    } finally {
      for (const process of servers.processes) await process.kill();
    }
  });
}
