import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonFilePersistence } from "../../../lib/backends/file/json_file_persistence.ts";
import { InMemoryPersistence } from "../../../lib/backends/memory/in_memory_persistence.ts";
import type { Receipt } from "../../../lib/model/report.ts";
import type { RecordInput } from "../../../lib/model/record.ts";
import { assertEquals } from "../../_assert.ts";

const RECORDS: readonly RecordInput[] = Array.from({ length: 120 }, (_, index) => ({
  kind: "event",
  timestamp: 1_700_000_000 + index / 7,
  eventType: "grüße €".repeat(index % 5),
  payload: { text: `\n"${"😀\ud800".repeat(index % 3)}` },
}));

Deno.test("InMemoryPersistence counts the bytes that a file store takes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "papyra-memory-"));
  try {
    await using memory = new InMemoryPersistence();
    await using file = new JsonFilePersistence(join(folder, "events.ndjson"));
    for (const store of [memory, file]) await store.recordMany(RECORDS);
    assertEquals((await memory.describe()).bytes, (await file.describe()).bytes);
    for (const maxTotalBytes of [1000, 5000, 10_000]) {
      const retention = { maxTotalBytes };
      assertEquals(await memory.listEvents({ retention }), await file.listEvents({ retention }));
    }
    assertEquals(
      (await memory.metrics.snapshot()).bytes_written,
      (await file.metrics.snapshot()).bytes_written,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

Deno.test("InMemoryPersistence shares nothing with another one", async () => {
  await using one = new InMemoryPersistence();
  await using other = new InMemoryPersistence();
  await one.recordEvent({ eventType: "A" });
  assertEquals([(await one.describe()).exists, (await other.describe()).exists], [true, false]);
});

Deno.test("InMemoryPersistence keeps the newest thousand receipts", async () => {
  let now = 0;
  await using store = new InMemoryPersistence({ clock: () => now });
  for (now = 1; now <= 1005; now++) {
    await store.recordEvent({ eventType: "A" });
    await store.compact({ retention: { maxRecords: 0 } });
  }
  const receipts: Receipt[] = [];
  for await (const receipt of store.history()) receipts.push(receipt);
  assertEquals([receipts.length, receipts[0]?.at, receipts.at(-1)?.at], [1000, 6, 1005]);
});

Deno.test("InMemoryPersistence hands out receipts that are its reader's own", async () => {
  await using store = new InMemoryPersistence();
  await store.recordEvent({ eventType: "A" });
  await store.compact({ retention: { maxRecords: 0 } });
  for await (const { details } of store.history()) {
    (details as { removedRecords: number }).removedRecords = 99;
  }
  for await (const { details } of store.history()) assertEquals(details.removedRecords, 1);
});
