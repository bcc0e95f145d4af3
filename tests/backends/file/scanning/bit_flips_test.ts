import { JsonFilePersistence } from "../../../../lib/backends/file/json_file_persistence.ts";
import { assert, assertEquals } from "../../../_assert.ts";
import { bitFlips, bytesOf, eventLine, SAMPLE_LINES } from "../../../storage/lines.ts";
import { MemoryFileSystem } from "../../../storage/memory_file_system.ts";
import { checkpointLine, collect, NOW } from "../_stores.ts";

const PATH = "/store/events.ndjson";

/** Sample records with their neighbours, between two checkpoints. */
function sampleStore(): {
  readonly content: Uint8Array;
  readonly from: number;
  readonly to: number;
} {
  const samples = Object.values(SAMPLE_LINES).filter((line) => !line.includes("checkpoint"));
  const seqs = samples.map((line) => (JSON.parse(line) as { seq: number }).seq);
  const lines = [
    checkpointLine(40),
    eventLine(41),
    ...samples,
    checkpointLine(60, [41, ...seqs]),
    eventLine(61),
  ];
  const content = bytesOf(lines.map((line) => `${line}\n`).join(""));
  const neighbour = `${lines[0]}\n`.length;
  return { content, from: neighbour, to: content.length - lines.at(-1)!.length - 1 };
}

async function recordsOf(store: JsonFilePersistence): Promise<string[]> {
  return (await collect(store.records())).map((record) => JSON.stringify(record));
}

Deno.test("every flipped bit in the middle of a store is found, and none is read as a record", async () => {
  const { content, from, to } = sampleStore();
  const fileSystem = new MemoryFileSystem();
  await using store = new JsonFilePersistence(PATH, { fileSystem, clock: () => NOW });
  fileSystem.put(PATH, content);
  assertEquals((await store.scan()).anomalies, []);
  const written = new Set(await recordsOf(store));
  const faults: string[] = [];
  let flips = 0;
  for (const { flipped, at, bit } of bitFlips(content, from, to)) {
    flips++;
    fileSystem.put(PATH, flipped);
    const where = `byte ${at} bit ${bit}`;
    if ((await store.scan()).healthy) faults.push(`${where} is not found`);
    const read = await recordsOf(store);
    if (read.some((record) => !written.has(record))) faults.push(`${where} made a record`);
    // A flipped newline makes two lines of one or one of two: what it joins or parts is one line each.
    if (read.length < written.size - 1) faults.push(`${where} hides ${written.size - read.length}`);
  }
  assertEquals(faults, []);
  assert(flips > 10_000, `only ${flips} flips`);
});

Deno.test("every flipped bit of the last line is found, also where its newline is missing", async () => {
  const content = bytesOf([1, 2, 3].map((seq) => eventLine(seq)).join("\n"));
  const fileSystem = new MemoryFileSystem();
  await using store = new JsonFilePersistence(PATH, { fileSystem, clock: () => NOW });
  const from = content.lastIndexOf(0x0a) + 1;
  for (const { flipped, at, bit } of bitFlips(content, from)) {
    fileSystem.put(PATH, flipped);
    const { healthy, anomalies } = await store.scan();
    assert(!healthy, `byte ${at} bit ${bit} is not found`);
    assert(anomalies[0]!.offset! <= at, "it is found where it is");
  }
});
