import { assertEquals } from "../_assert.ts";
import { PapyraError } from "../../lib/errors.ts";
import { createStoreHandlers } from "../../lib/http/store_handlers.ts";
import { ScriptedBackend } from "../backend/scripted_backend.ts";
import { askJson } from "./_asking.ts";

Deno.test("/readyz answers 503 until somebody has looked", async () => {
  await using store = new ScriptedBackend();
  const { readyz, check } = createStoreHandlers(store);
  const before = await askJson(readyz);
  assertEquals([before.status, before.document["reason"]], [503, "not_checked_yet"]);
  await check();
  const { status, document } = await askJson(readyz);
  assertEquals([status, document["ok"], document["reason"]], [200, true, "healthy"]);
});

Deno.test("/readyz answers 503 for a verdict that is too old, by a clock that nobody sets", async (t) => {
  await using store = new ScriptedBackend();
  let now = 5_000_000;
  const options = { readyMaxAgeSeconds: 60, monotonicMs: () => now };
  const { readyz, check } = createStoreHandlers(store, options);
  await check();
  now += 60_000;
  assertEquals((await askJson(readyz)).document["age_seconds"], 60);
  for (const jumpMs of [-1e12, 1e12]) {
    await t.step(`the machine's clock jumps by ${jumpMs} ms`, async () => {
      const dateNow = Date.now;
      Date.now = () => dateNow() + jumpMs;
      try {
        const { status, document } = await askJson(readyz);
        assertEquals([status, document["age_seconds"]], [200, 60]);
      } finally {
        Date.now = dateNow;
      }
    });
  }
  now += 1;
  const { status, document } = await askJson(readyz);
  assertEquals([status, document["reason"], document["ok"]], [503, "too_old", false]);
  await check();
  assertEquals((await askJson(readyz)).status, 200);
});

Deno.test("/readyz answers 503 after a look that failed, until one succeeds", async () => {
  await using store = new ScriptedBackend();
  const { readyz, check } = createStoreHandlers(store);
  const url = "redis://:secret@example.org";
  store.onScan = () => Promise.reject(new PapyraError("UNREACHABLE", `Cannot reach ${url}`));
  await check().catch(() => {});
  const { status, document } = await askJson(readyz);
  assertEquals([status, document["reason"]], [503, "check_failed"]);
  assertEquals(document["failure"], "Cannot reach redis://:***@example.org");
  store.onScan = (scan) => scan();
  await check();
  assertEquals((await askJson(readyz)).status, 200);
});
