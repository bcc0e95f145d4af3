import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { join } from "node:path";
import { assert, assertEquals, assertRejects } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { PapyraError } from "../../lib/errors.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { openStore } from "../../lib/operations/open_store.ts";
import { hostApi } from "../../lib/telemetry/host_api.ts";

assertEquals(hostApi(), null);

const spans = new InMemorySpanExporter();
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const SECRET = "payload-that-nobody-else-reads";
const EVENT = { eventType: "T", actorAddress: "local://secret", payload: { SECRET } };

/** A host that measures from now on, and what it has measured. */
function measuringHost() {
  metrics.disable();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  const measured = async () => {
    await provider.forceFlush();
    const { scopeMetrics } = exporter.getMetrics().at(-1)!;
    const found = scopeMetrics.find(({ scope }) => scope.name === "papyra")!;
    return new Map(
      found.metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints]),
    );
  };
  return { measured, [Symbol.asyncDispose]: () => provider.shutdown() };
}

function takenSpans(): readonly ReadableSpan[] {
  const taken = [...spans.getFinishedSpans()];
  spans.reset();
  return taken;
}

function tellsNothingOf(directory: string, told: unknown): void {
  const text = JSON.stringify(told);
  for (const secret of [directory, SECRET, "local://"]) assert(!text.includes(secret), secret);
}

tempTest("operations are spans, nested as they call each other", async (directory) => {
  const url = join(directory, "events.ndjson");
  await using store = await openStore({ url, startup: { mode: "scan_only" } });
  await store.recordEvent(EVENT);
  await Deno.writeTextFile(url, "{torn\n", { append: true });
  await store.recover();
  await store.compact({ retention: { maxRecords: 0 } });
  const taken = takenSpans();
  assertEquals(taken.map(({ name, attributes }) => [name, attributes["papyra.outcome"]]), [
    ["papyra.scan", "healthy"],
    ["papyra.open", "done"],
    ["papyra.recovery", "healthy"],
    ["papyra.compaction", "done"],
  ]);
  const [scan, open, recovery, compaction] = taken;
  assertEquals(scan!.parentSpanContext?.spanId, open!.spanContext().spanId);
  assertEquals(open!.attributes["papyra.mode"], "scan_only");
  assertEquals(recovery!.attributes["papyra.removed_ranges"], 1);
  assertEquals(compaction!.attributes["papyra.removed_records"], 1);
  tellsNothingOf(
    directory,
    taken.map(({ name, attributes, events }) => [name, attributes, events]),
  );
});

tempTest("what fails is an exception of its span, told by its code alone", async (directory) => {
  const url = join(directory, "events.ndjson");
  await Deno.writeTextFile(url, "{torn\n");
  const startup = { mode: "fail_on_anomaly" } as const;
  await assertRejects(() => openStore({ url, startup }));
  const failed = takenSpans().at(-1)!;
  assertEquals([failed.name, failed.status], [
    "papyra.open",
    { code: 2, message: "ANOMALIES_FOUND" },
  ]);
  assertEquals(failed.events.map(({ name, attributes }) => [name, attributes]), [
    ["exception", { "exception.type": "PapyraError", "exception.message": "ANOMALIES_FOUND" }],
  ]);
});

tempTest("a write that fails leaves a span below its caller's", async (directory) => {
  await using store = await openStore(join(directory, "missing", "events.ndjson"));
  await Deno.writeTextFile(join(directory, "missing"), "a file in the way");
  takenSpans();
  await trace.getTracer("app").startActiveSpan("request", async (span) => {
    await assertRejects(() => store.recordEvent(EVENT));
    span.end();
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  const taken = takenSpans();
  const [write, request] = ["papyra.write", "request"].map((name) =>
    taken.find((span) => span.name === name)!
  );
  assertEquals(write!.parentSpanContext?.spanId, request!.spanContext().spanId);
  assertEquals(write!.attributes["papyra.error.os_code"], "ENOTDIR");
  tellsNothingOf(directory, [write!.attributes, write!.events, write!.status]);
});

Deno.test("a sync that fails leaves a span", async () => {
  class Unsynced extends InMemoryPersistence {
    protected override _flush(): Promise<void> {
      const cause = Object.assign(new Error("EIO: i/o error, fdatasync '/secret'"), {
        code: "EIO",
      });
      const failed = new PapyraError("IO_ERROR", "Cannot sync /secret", { cause });
      return Promise.reject(new PapyraError("STORE_FAILED", "Failed", { cause: failed }));
    }
  }
  await using store = new Unsynced();
  await assertRejects(() => store.flush());
  await new Promise((resolve) => setTimeout(resolve, 0));
  const [span] = takenSpans();
  assertEquals([span!.name, span!.attributes, span!.status.message], ["papyra.sync", {
    "papyra.backend": "InMemoryPersistence",
    "papyra.outcome": "failed",
    "papyra.error.code": "STORE_FAILED",
    "papyra.error.os_code": "EIO",
  }, "STORE_FAILED"]);
});

tempTest("counters, histograms and gauges are those of the snapshot", async (directory) => {
  await using host = measuringHost();
  const stores = [];
  for (const name of ["one", "two"]) stores.push(await openStore(join(directory, name)));
  for (const store of stores) {
    await store.recordMany([{ ...EVENT, kind: "event" }, { ...EVENT, kind: "event" }]);
    await store.scan();
  }
  const open = await host.measured();
  const valueOf = (points: typeof open, name: string, kind?: string) =>
    points.get(name)!.find(({ attributes }) => attributes["papyra.kind"] === kind)!.value;
  assertEquals(valueOf(open, "papyra.records", "event"), 4);
  assertEquals(valueOf(open, "papyra.last_run_success"), 1);
  for (const store of stores) await store.close();
  const closed = await host.measured();
  assertEquals(valueOf(closed, "papyra.records_written", "event"), 4);
  assertEquals(valueOf(closed, "papyra.scans"), 2);
  const { count, buckets } = valueOf(closed, "papyra.batch_records") as {
    count: number;
    buckets: { boundaries: number[] };
  };
  assertEquals([count, buckets.boundaries.slice(0, 2)], [2, [1, 2]]);
  tellsNothingOf(directory, [...open, ...closed]);
});

Deno.test("what cannot be added to the totals is told once all the same", async () => {
  await using host = measuringHost();
  class Unsaved extends InMemoryPersistence {
    protected override _addMetrics(): Promise<boolean> {
      return Promise.resolve(false);
    }
  }
  await using store = new Unsaved();
  for (let time = 0; time < 3; time++) {
    await store.recordEvent(EVENT);
    await store.metrics.snapshot();
  }
  await store.recordEvent(EVENT);
  await store.metrics.reset();
  await store.recordEvent(EVENT);
  await store.metrics.snapshot();
  const points = (await host.measured()).get("papyra.records_written")!;
  assertEquals(points.map(({ value }) => value), [5]);
});

Deno.test("a store closes without waiting for a host that measures it", async () => {
  await using host = measuringHost();
  const begun = Promise.withResolvers<void>();
  class Slow extends InMemoryPersistence {
    protected override _measure(signal?: AbortSignal): Promise<never> {
      begun.resolve();
      return new Promise((_, reject) => {
        signal!.addEventListener("abort", () => reject(signal!.reason));
      });
    }
  }
  const store = new Slow();
  await store.recordEvent(EVENT);
  const measured = host.measured();
  await begun.promise;
  await store.close();
  assertEquals((await measured).get("papyra.records"), undefined);
});
