import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { preferredType } from "../../lib/http/accept.ts";
import { createStoreHandlers } from "../../lib/http/store_handlers.ts";
import { gate, ScriptedBackend } from "../backend/scripted_backend.ts";
import { ask, askJson } from "./_asking.ts";

const OF_PROMETHEUS = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5," +
  "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;q=0.3,*/*;q=0.1";

for (const accept of [null, "*/*", OF_PROMETHEUS, "text/plain", "text/html", "\u00ff;;q=x,,"]) {
  Deno.test(`/metrics for ${accept} is what Prometheus reads`, async () => {
    await using store = new InMemoryPersistence();
    await store.recordEvent({ eventType: "A" });
    const init = accept === null ? {} : { headers: { accept } };
    const { status, headers, text } = await ask(
      createStoreHandlers(store).fetch,
      "/metrics",
      init,
    );
    assertEquals([status, headers.get("vary")], [200, "accept"]);
    assertEquals(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assertMatch(text, /^papyra_records_written_total\{kind="event"\} 1$/m);
    assertStringIncludes(text, "# TYPE papyra_records_written_total counter\n");
  });
}

Deno.test("/metrics as JSON is the document of /snapshot.json", async () => {
  await using store = new InMemoryPersistence();
  await store.recordEvent({ eventType: "A" });
  const { fetch } = createStoreHandlers(store);
  const accept = "application/json";
  const { headers, text } = await ask(fetch, "/metrics", { headers: { accept } });
  assertEquals(headers.get("content-type"), accept);
  const { document } = await askJson(fetch, "/snapshot.json");
  assertEquals(document["schema"], "papyra.metrics/v1");
  assertEquals(document["records_written"], 1);
  assertEquals(JSON.parse(text)["records_written"], 1);
});

Deno.test("preferredType() follows weights and the closest range", () => {
  const types = ["text/plain", "application/json"];
  const preferred = (accept: string) => preferredType(accept, types);
  assertEquals(preferred("application/json;q=0.5, text/plain;q=0.4"), "application/json");
  assertEquals(preferred("text/plain;q=0.4, */*;q=0.8"), "application/json");
  assertEquals(preferred("application/*, text/*;q=0.9"), "application/json");
  assertEquals(preferred("image/png"), "text/plain");
});

Deno.test("metrics that cannot be had in time, or not at all, are a 503", async () => {
  await using store = new ScriptedBackend();
  await store.recordEvent({ eventType: "A" });
  const { opened, open } = gate();
  store.onAddMetrics = (add) => opened.then(add);
  const { metrics, snapshot } = createStoreHandlers(store, { waitMs: 1 });
  for (const handler of [metrics, snapshot]) {
    const { status, headers } = await ask(handler);
    assertEquals([status, headers.get("retry-after")], [503, "5"]);
  }
  open();
  await store.close();
  assertEquals((await ask(metrics)).status, 503);
});
