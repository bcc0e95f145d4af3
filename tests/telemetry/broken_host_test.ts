import { context, createNoopMeter, type MeterProvider, metrics, trace } from "@opentelemetry/api";
import { assertEquals, assertRejects } from "../_assert.ts";
import { openStore } from "../../lib/operations/open_store.ts";

/** Throws whatever is asked of it. */
function broken<T extends object>(): T {
  return new Proxy(() => {}, {
    get: () => {
      throw new Error("broken");
    },
    apply: () => {
      throw new Error("broken");
    },
  }) as unknown as T;
}

const EVENT = { eventType: "T", actorAddress: "local://1" };

async function useStore(): Promise<void> {
  let scans = 0;
  await using store = await openStore("memory:");
  await store.recordEvent(EVENT);
  await store.scan({ onProgress: () => void scans++ });
  assertEquals((await store.metrics.snapshot()).scans, 1);
  await assertRejects(() => store.recordEvent({ ...EVENT, timestamp: NaN }));
}

Deno.test("a host whose telemetry throws fails nothing", async () => {
  metrics.setGlobalMeterProvider({ getMeter: broken });
  trace.setGlobalTracerProvider({
    getTracer: () => ({ startSpan: broken, startActiveSpan: broken() }),
  });
  await useStore();
});

Deno.test("spans that throw, and a context that does after its work, have nothing done twice", async () => {
  trace.disable();
  const startActiveSpan = (...args: unknown[]) => {
    (args.at(-1) as (span: unknown) => unknown)(broken());
    throw new Error("broken");
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: broken, startActiveSpan }) });
  await useStore();
  context.disable();
});

Deno.test("instruments that throw fail nothing", async () => {
  metrics.disable();
  const instrument = () => ({ add: broken(), record: broken() });
  metrics.setGlobalMeterProvider({
    getMeter: () => ({
      ...createNoopMeter(),
      createCounter: instrument,
      createHistogram: instrument,
      createObservableGauge: instrument,
      addBatchObservableCallback: () => {},
    }),
  } as unknown as MeterProvider);
  await useStore();
});
