import { join } from "node:path";
import { LINE_BYTES_MAX } from "../../../../lib/storage/format.ts";
import { assert, assertEquals } from "../../../_assert.ts";
import { watchMemory } from "../../../_memory.ts";
import { bytesOf, eventLine } from "../../../storage/lines.ts";
import { removedParts } from "../_removed.ts";
import { codes, everything, NOW, type StoreStage, storeTest } from "../_stores.ts";

const MIB = 1024 * 1024;
const BLOB_BYTES = 100 * MIB;
// A process that reads nothing takes half of it.
const MEMORY_BYTES_MAX = 200 * MIB;

/** Appends so many bytes without a newline to the store. */
async function appendBlob(path: string, bytes: number): Promise<void> {
  using file = await Deno.open(path, { append: true, create: true });
  const part = new Uint8Array(MIB).fill(0x78);
  for (let left = bytes; left > 0; left -= part.length) {
    await file.write(part.subarray(0, Math.min(left, part.length)));
  }
}

/** Runs `_reading_main.ts` on the store; what it prints, and the most memory it took. */
async function readInLittleMemory(path: string): Promise<[found: unknown, peakBytes: number]> {
  const script = join(import.meta.dirname!, "_reading_main.ts");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, path],
    stdout: "piped",
  }).spawn();
  const peak = watchMemory(child.pid);
  const { stdout } = await child.output();
  return [JSON.parse(new TextDecoder().decode(stdout)), peak()];
}

async function expectMended(stage: StoreStage, good: readonly string[]): Promise<void> {
  const store = stage.open();
  const before = await store.scan();
  assertEquals([codes(before), before.damagedBytes >= BLOB_BYTES], [["OVERSIZED_LINE"], true]);
  assertEquals((await everything(store)).length, good.length);
  const report = await store.recover();
  assertEquals([report.after.healthy, await stage.records()], [true, [...good]]);
  const parts = await removedParts(stage, report);
  assertEquals(parts.reduce((sum, { bytes }) => sum + bytes.length, 0), before.damagedBytes);
}

storeTest(
  "a hundred megabytes without a newline are removed and kept in little memory",
  async (stage) => {
    const good = [1, 2].map((seq) => eventLine(seq));
    await stage.write(...good);
    await appendBlob(stage.path, BLOB_BYTES);
    const [found, peakBytes] = await readInLittleMemory(stage.path);
    assertEquals(found, ["OVERSIZED_LINE"]);
    assert(peakBytes < MEMORY_BYTES_MAX, `${peakBytes} bytes were taken`);
    assertEquals(await stage.records(), good);
  },
);

storeTest(
  "a hundred megabytes in the middle are removed, and every byte of them is kept",
  async (stage) => {
    await stage.write(eventLine(1));
    await appendBlob(stage.path, BLOB_BYTES);
    await Deno.writeTextFile(stage.path, `\n${eventLine(3)}\n`, { append: true });
    await expectMended(stage, [eventLine(1), eventLine(3)]);
  },
);

storeTest("compaction copies what is too long to hold, and it is still found", async (stage) => {
  const store = stage.open();
  for (let n = 0; n < 4; n++) await store.recordEvent({ timestamp: NOW, eventType: "E" });
  await appendBlob(stage.path, LINE_BYTES_MAX + 1);
  await store.recordEvent({ timestamp: NOW, eventType: "E" });
  const report = await store.compact({ retention: { maxRecords: 2 } });
  assertEquals([report.removedRecords, report.damagedLines], [3, 1]);
  const scan = await store.scan();
  assertEquals([codes(scan), scan.damagedBytes], [["OVERSIZED_LINE"], LINE_BYTES_MAX + 2]);
});

storeTest(
  "the longest line is a line like others, and one byte more is too long",
  async (stage) => {
    const longest = eventLine(1, { text: "" });
    const text = "x".repeat(LINE_BYTES_MAX - bytesOf(longest).length);
    await stage.write(eventLine(1, { text }), eventLine(2));
    assertEquals(codes(await stage.scan()), []);
    await stage.write(eventLine(1, { text: `${text}x` }), eventLine(2));
    assertEquals(codes(await stage.scan()), ["OVERSIZED_LINE"]);
  },
);
