import { assertEquals } from "../_assert.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { summarize } from "../../lib/operations/summary.ts";

Deno.test("summarize() reads the last audit, whatever comes behind it", async () => {
  await using store = new InMemoryPersistence();
  assertEquals(await summarize(store), { audit: null });
  await store.recordAudit({ totalActors: 1, timestamp: 20 });
  await store.recordAudit({ totalActors: 2, timestamp: 10 });
  await store.recordEvent({ eventType: "A" });
  assertEquals((await summarize(store)).audit?.totalActors, 2);
});
