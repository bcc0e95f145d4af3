/** Broken stores, each of which the fuzzer must find out within the cases that the gate tries. */

import { assert } from "../_assert.ts";
import type { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { fieldsOf, splitLines } from "./oracle.ts";
import { filesInOrder, filesOn } from "./store_files.ts";
import { STORE, type Subject } from "./subject.ts";
import { TARGETS } from "./targets.ts";

const SEED = 20260101;
const RUNS = 600;

/** A store that is broken on purpose. */
interface Canary extends Partial<Subject> {
  /** The property that must not hold of it. */
  readonly breaks: string;
}

const CANARIES: { readonly [what: string]: Canary } = {
  "a recovery that drops the last intact line": {
    breaks: "a repair keeps what is intact, removes what is damaged, and accounts for it",
    recover: async (disk, config) => {
      const report = await STORE.recover(disk, config);
      if (report.changed) await dropLastRecord(disk);
      return report;
    },
  },
  "a recovery that forgets where the originals are": {
    breaks: "a quarantine does the same",
    recover: async (disk, config) => ({ ...await STORE.recover(disk, config), kept: [] }),
  },
  "a scan that takes a wrong checksum for a record": {
    breaks: "a scan reports every damaged line and no other",
    scan: async (disk) => {
      const report = await STORE.scan(disk);
      const anomalies = report.anomalies.filter(({ code }) => code !== "CHECKSUM_MISMATCH");
      return { ...report, anomalies };
    },
  },
  "a scan that sees no gaps": {
    breaks: "a scan reports every damaged line and no other",
    scan: async (disk) => {
      const report = await STORE.scan(disk);
      const anomalies = report.anomalies.filter(({ code }) => code !== "SEQUENCE_GAP");
      const healthy = anomalies.every(({ severity }) => severity !== "error");
      const { SEQUENCE_GAP: _, ...anomalyCounts } = report.anomalyCounts;
      return { ...report, anomalies, anomalyCounts, healthy };
    },
  },
  "a reader that forgets the oldest of many": {
    breaks: "a reader gets exactly what it asks for",
    read: async (disk, reading) => {
      const records = await STORE.read(disk, reading);
      return records.length > 5 ? records.slice(1) : records;
    },
  },
  "a writer that gives the same number twice": {
    breaks: "a writer goes on behind any damage, with a new number",
    write: async (disk, records) => await STORE.write(disk, records) - 1,
  },
};

for (const [what, { breaks, ...broken }] of Object.entries(CANARIES)) {
  Deno.test(`the fuzzer finds ${what}`, async () => {
    const target = TARGETS.find(({ name }) => name === breaks);
    const options = { seed: SEED, runs: RUNS, shrinks: false };
    const { failure } = await target!.fuzz(options, { ...STORE, ...broken });
    assert(failure !== null, `not found: ${breaks}`);
  });
}

async function dropLastRecord(disk: MemoryFileSystem): Promise<void> {
  for (const { path, bytes } of filesInOrder(await filesOn(disk)).reverse()) {
    const lines = splitLines(bytes);
    const last = lines.findLastIndex((line) => fieldsOf(line)?.kind !== "checkpoint");
    if (last === -1) continue;
    const left = lines.filter((_, index) => index !== last);
    disk.put(path, new Uint8Array(left.flatMap((line) => [...line, 0x0a])));
    return;
  }
}
