import { assertEquals } from "../_assert.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { PapyraError } from "../../lib/errors.ts";
import { inspectStore } from "../../lib/report/inspect_store.ts";

class LargeStore extends InMemoryPersistence {
  override async describe() {
    return { ...await super.describe(), bytes: 1e12 };
  }
}

Deno.test("a store at a glance", async () => {
  await using store = new InMemoryPersistence({ retention: { maxRecords: 2 } });
  const empty = await inspectStore(store);
  assertEquals([empty.oldestAt, empty.lastChanges?.compaction, empty.counts?.records.event], [
    null,
    null,
    0,
  ]);
  for (const timestamp of [10, 20, 30]) await store.recordEvent({ eventType: "A", timestamp });
  const { counts, oldestAt, newestAt } = await inspectStore(store);
  assertEquals([oldestAt, newestAt], [10, 30]);
  assertEquals([counts?.records.event, counts?.retainedRecords.event], [3, 2]);
  await store.compact();
  assertEquals((await inspectStore(store)).lastScan, null);
  await store.scan();
  assertEquals((await inspectStore(store)).lastScan?.is_success, true);
  assertEquals((await inspectStore(store)).lastChanges?.compaction?.operation, "compact");
});

Deno.test("a large store is counted only where that is asked for", async () => {
  await using store = new LargeStore();
  await store.recordEvent({ eventType: "A", timestamp: 10 });
  const { counts, oldestAt } = await inspectStore(store);
  assertEquals([counts, oldestAt], [null, 10]);
  assertEquals((await inspectStore(store, { exact: true })).counts?.records.event, 1);
});

Deno.test("a store that nobody can plan a compaction for is told of all the same", async () => {
  await using store = new InMemoryPersistence();
  store.compact = () => Promise.reject(new PapyraError("BUSY", "another run has it"));
  store.history = () => {
    throw new PapyraError("IO_ERROR", "permission denied");
  };
  const { counts, lastChanges } = await inspectStore(store);
  assertEquals([counts, lastChanges], [null, null]);
});
