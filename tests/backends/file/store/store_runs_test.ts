import type { PersistenceBackend } from "../../../../lib/backend/backend.ts";
import { RunKernel } from "../../../../lib/storage/lines/kernel/run_kernel.ts";
import { PlainRunReader } from "../../../../lib/storage/lines/plain_run.ts";
import { assertEquals } from "../../../_assert.ts";
import { Random } from "../../../_random.ts";
import { STORE_PATH } from "../../../fuzz/store_files.ts";
import { withStore } from "../../../fuzz/store_parts.ts";
import { mixedLines } from "../../../storage/lines/mixed_lines.ts";
import { MemoryFileSystem } from "../../../storage/memory_file_system.ts";

type Operation = (store: PersistenceBackend, lines: number) => Promise<unknown>;

const OPERATIONS: { readonly [name: string]: Operation } = {
  scan: (store) => store.scan(),
  "compact by age": (store) => store.compact({ retention: { maxAgeSeconds: 1_699_999_000 } }),
  "compact by number": (store, lines) =>
    store.compact({ retention: { maxRecords: Math.floor(lines / 3) } }),
  "compact one kind by age": (store) =>
    store.compact({ retention: { byKind: { event: { maxAgeSeconds: 1_699_999_000 } } } }),
  "compact each kind": (store) =>
    store.compact({
      retention: { byKind: { event: { maxTotalBytes: 50_000 }, audit: { maxRecords: 7 } } },
    }),
  "plan a compaction": (store, lines) =>
    store.compact({ retention: { maxRecords: Math.floor(lines / 2) }, dryRun: true }),
  "read what retention keeps": (store, lines) =>
    store.listEvents({ retention: { maxRecords: Math.floor(lines / 4) } }),
  repair: (store) => store.recover({ mode: "repair" }),
};

interface Outcome {
  readonly report: unknown;
  readonly content: string;
}

async function outcomeOf(operation: Operation, text: string): Promise<Outcome> {
  const disk = new MemoryFileSystem();
  disk.put(STORE_PATH, text);
  const lines = text.split("\n").length;
  const report = await withStore(disk, (store) => operation(store, lines));
  return { report: withoutChance(report), content: new TextDecoder().decode(disk.get(STORE_PATH)) };
}

// How long it took, and the names of receipts, differ from run to run.
function withoutChance(report: unknown): unknown {
  const isByChance = (name: string) => ["durationSeconds", "receipt", "kept"].includes(name);
  return JSON.parse(
    JSON.stringify(report, (name, value) => isByChance(name) ? undefined : value),
  );
}

/** Runs `body` while every line is taken by itself: the plain way, which runs have to agree with. */
async function lineByLine<T>(body: () => Promise<T>): Promise<T> {
  const readers = [PlainRunReader.prototype, RunKernel.prototype];
  const reads = readers.map(({ read }) => read);
  for (const reader of readers) reader.read = () => null;
  try {
    return await body();
  } finally {
    readers.forEach((reader, index) => reader.read = reads[index]!);
  }
}

for (const [name, operation] of Object.entries(OPERATIONS)) {
  Deno.test(`${name} comes to the same in runs as line by line`, async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = new Random(seed);
      const text = mixedLines(random, 1 + random.below(900));
      const plain = await lineByLine(() => outcomeOf(operation, text));
      assertEquals(await outcomeOf(operation, text), plain, `seed ${seed}`);
    }
  });
}
