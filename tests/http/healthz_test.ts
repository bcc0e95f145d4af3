import { join } from "node:path";
import { assertEquals } from "../_assert.ts";
import { PapyraError } from "../../lib/errors.ts";
import { createStoreHandlers } from "../../lib/http/store_handlers.ts";
import { openStore } from "../../lib/operations/open_store.ts";
import { gate, ScriptedBackend } from "../backend/scripted_backend.ts";
import { ask, askJson } from "./_asking.ts";
import { inTempDirectory } from "../_temp.ts";

/** A store on disk with one changed letter, at a path that is not nice. */
async function withDamagedStore(body: (url: string, path: string) => Promise<void>): Promise<void> {
  await inTempDirectory(async (directory) => {
    const path = join(directory, 'a"<script>\u202e\u001b[2J.ndjson');
    const url = `file:${path}`;
    {
      await using store = await openStore(url);
      await store.recordMany([{ kind: "event", eventType: "A" }, {
        kind: "event",
        eventType: "B",
      }]);
    }
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace('"A"', '"Z"'));
    await body(url, path);
  });
}

Deno.test("/healthz answers 200 for a sound store in both modes", async () => {
  await using store = new ScriptedBackend();
  const { fetch } = createStoreHandlers(store);
  const scan = await askJson(fetch, "/healthz");
  assertEquals(scan.status, 200);
  const { ok, mode, backend, scan_supported, anomalies } = scan.document;
  assertEquals(
    { ok, mode, backend, scan_supported, anomalies },
    { ok: true, mode: "scan", backend: store.name, scan_supported: true, anomalies: [] },
  );
  const check = await askJson(fetch, "/healthz?mode=STARTUP_CHECK");
  assertEquals([check.status, check.document["mode"]], [200, "startup-check"]);
});

Deno.test("/healthz answers 503 for a damaged store, with what the original tells and more", async () => {
  await withDamagedStore(async (url, path) => {
    await using store = await openStore(url);
    const { fetch } = createStoreHandlers(store);
    for (const mode of ["scan", "startup-check"]) {
      const { status, headers, text } = await ask(fetch, `/healthz?mode=${mode}`);
      assertEquals(status, 503);
      assertEquals(headers.get("content-type"), "application/json");
      assertEquals(text.match(/(?!\n)[\p{Cc}\u202e]/u), null);
      const { ok, anomalies } = JSON.parse(text);
      assertEquals([ok, anomalies.length], [false, 1]);
      const { type, path: place, detail, severity, line } = anomalies[0];
      assertEquals([type, place, severity, line], ["CHECKSUM_MISMATCH", path, "error", 1]);
      assertEquals(typeof detail, "string");
    }
    assertEquals((await askJson(fetch, "/readyz")).document["reason"], "anomalies");
  });
});

Deno.test("/healthz?mode=startup-check mends nothing unless the host says so", async () => {
  await withDamagedStore(async (url, path) => {
    await using store = await openStore(url);
    const before = await Deno.readTextFile(path);
    await ask(createStoreHandlers(store).fetch, "/healthz?mode=startup-check");
    assertEquals(await Deno.readTextFile(path), before);
    const { fetch } = createStoreHandlers(store, {
      healthMode: "startup-check",
      startup: { mode: "recover" },
    });
    const { status, document } = await askJson(fetch, "/healthz");
    const { ok, verdict, post_anomalies } = document;
    assertEquals({ status, ok, verdict }, { status: 200, ok: true, verdict: "recovered" });
    assertEquals(post_anomalies, []);
  });
});

Deno.test("one scan at a time is made, however many ask, and the others share its answer", async () => {
  await using store = new ScriptedBackend();
  const { opened, open } = gate();
  let [running, most, scans] = [0, 0, 0];
  store.onScan = async (scan) => {
    scans++;
    most = Math.max(most, ++running);
    await opened;
    running--;
    return await scan();
  };
  const { fetch } = createStoreHandlers(store);
  const paths = Array.from(
    { length: 100 },
    (_, index) => index % 2 === 0 ? "/healthz" : "/healthz?mode=startup-check",
  );
  const answers = paths.map((path) => ask(fetch, path));
  open();
  assertEquals([...new Set((await Promise.all(answers)).map(({ status }) => status))], [200]);
  assertEquals({ most, scans }, { most: 1, scans: 2 });
  await ask(fetch, "/healthz");
  assertEquals(scans, 3);
});

Deno.test("/healthz answers 503 where the look takes too long, and the look goes on", async () => {
  await using store = new ScriptedBackend();
  const { opened, open } = gate();
  store.onScan = (scan) => opened.then(scan);
  const handlers = createStoreHandlers(store, { waitMs: 1 });
  const { status, headers } = await ask(handlers.healthz);
  assertEquals([status, headers.get("retry-after")], [503, "5"]);
  const shared = handlers.check();
  open();
  await shared;
  assertEquals((await ask(handlers.readyz)).status, 200);
});

Deno.test("/healthz answers 503 where the store fails, and 500 for a defect", async () => {
  await using store = new ScriptedBackend();
  const { healthz } = createStoreHandlers(store);
  store.onScan = () => Promise.reject(new PapyraError("BUSY", "Cannot scan"));
  const failed = await askJson(healthz);
  assertEquals([failed.status, failed.document["ok"], failed.document["error"]], [
    503,
    false,
    "BUSY",
  ]);
  store.onScan = () => Promise.reject(new TypeError("x is undefined"));
  const { status, document } = await askJson(healthz);
  assertEquals([status, document["error"]], [500, "DEFECT"]);
});

Deno.test("/healthz answers 400 for a mode that it does not know, and does not repeat it", async () => {
  await using store = new ScriptedBackend();
  const { healthz } = createStoreHandlers(store);
  const { status, headers, text } = await ask(healthz, "/healthz?mode=<script>recover");
  assertEquals([status, headers.get("content-type")], [400, "application/problem+json"]);
  assertEquals([JSON.parse(text)["ok"], text.includes("script")], [false, false]);
});

Deno.test("a look that is stopped says nothing about the store", async () => {
  await using store = new ScriptedBackend();
  const controller = new AbortController();
  const handlers = createStoreHandlers(store, { signal: controller.signal });
  await handlers.check();
  controller.abort();
  assertEquals((await ask(handlers.healthz)).status, 503);
  assertEquals((await ask(handlers.readyz)).status, 200);
});
