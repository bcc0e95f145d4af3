import { assertEquals, assertStringIncludes } from "../_assert.ts";
import { PapyraError } from "../../lib/errors.ts";
import { createStoreHandlers } from "../../lib/http/store_handlers.ts";
import { PAGE_POLICY } from "../../lib/report/page/report_page.ts";
import { gate, ScriptedBackend } from "../backend/scripted_backend.ts";
import { ask } from "./_asking.ts";

Deno.test("/ is the page of the report, with its policy", async () => {
  await using store = new ScriptedBackend();
  await store.recordEvent({ eventType: "<script>alert(1)</script>" });
  const { status, headers, text } = await ask(createStoreHandlers(store).fetch);
  assertEquals([status, headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  const policy = headers.get("content-security-policy");
  assertEquals(policy, `${PAGE_POLICY}; frame-ancestors 'none'`);
  assertStringIncludes(text, "<!doctype html>");
  assertEquals(text.includes("<script>"), false);
});

Deno.test("those who ask for the page share one, which is shown for a while", async () => {
  await using store = new ScriptedBackend();
  let [scans, nowMs] = [0, 0];
  const { opened, open } = gate();
  store.onScan = async (scan) => {
    scans++;
    await opened;
    return await scan();
  };
  const { page, readyz } = createStoreHandlers(store, {
    pageKeepMs: 1000,
    monotonicMs: () => nowMs,
  });
  const answers = Array.from({ length: 20 }, () => ask(page));
  open();
  await Promise.all(answers);
  nowMs = 999;
  await ask(page);
  assertEquals(scans, 1);
  assertEquals((await ask(readyz)).status, 200);
  nowMs = 1000;
  await ask(page);
  assertEquals(scans, 2);
});

Deno.test("/ answers 503 where the store fails or takes too long, and comes back", async () => {
  await using store = new ScriptedBackend();
  const { page } = createStoreHandlers(store, { waitMs: 20 });
  store.onScan = () => Promise.reject(new PapyraError("UNREACHABLE", "Cannot reach it"));
  assertEquals((await ask(page)).status, 503);
  const { opened, open } = gate();
  store.onScan = (scan) => opened.then(scan);
  assertEquals((await ask(page)).headers.get("retry-after"), "5");
  open();
  let status = 503;
  while (status !== 200) status = (await ask(page)).status;
});
