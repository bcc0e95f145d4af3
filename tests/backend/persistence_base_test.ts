import { PapyraError } from "../../lib/errors.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import type { EventInput, RecordKind, StoredRecord } from "../../lib/model/record.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../_assert.ts";
import { gate, ScriptedBackend } from "./scripted_backend.ts";

const EVENT: EventInput = { eventType: "A", timestamp: 1 };

function ioError(): PapyraError {
  return new PapyraError("IO_ERROR", "Cannot go on, as the test wants it");
}

Deno.test("close() waits for what runs, then closes the backend, then saves the counts", async () => {
  const store = new ScriptedBackend();
  const shut = gate();
  const steps: string[] = [];
  store.onAppend = async (_count, append) => {
    await shut.opened;
    steps.push("append");
    return append();
  };
  store.onScan = async (scan) => {
    await shut.opened;
    steps.push("scan");
    return scan();
  };
  store.onClose = (close) => {
    steps.push("close");
    return close();
  };
  store.onAddMetrics = (add) => {
    steps.push("save");
    return add();
  };
  const calls = [store.recordEvent(EVENT), store.scan()];
  const closing = store.close();
  shut.open();
  await closing;
  assertEquals(steps, ["append", "scan", "close", "save"]);
  await Promise.all(calls);
});

Deno.test("close() counts a write that ends while the store closes", async () => {
  const store = new ScriptedBackend();
  const shut = gate();
  let written = 0;
  store.onAppend = async (_count, append) => {
    await shut.opened;
    return append();
  };
  store.onAddMetrics = (add) => {
    written++;
    return add();
  };
  const call = store.recordEvent(EVENT);
  const closing = store.close();
  shut.open();
  await Promise.all([call, closing]);
  assertEquals(written, 1);
});

Deno.test("close() rejects each time where the backend cannot close, and saves the counts", async () => {
  const store = new ScriptedBackend();
  let isSaved = false;
  store.onClose = () => Promise.reject(ioError());
  store.onAddMetrics = (add) => {
    isSaved = true;
    return add();
  };
  await store.recordEvent(EVENT);
  await assertRejects(() => store.close(), PapyraError);
  await assertRejects(() => store.close(), PapyraError);
  assert(isSaved);
  const error = await assertRejects(() => store.recordEvent(EVENT), PapyraError);
  assertEquals(error.code, "STORE_CLOSED");
});

Deno.test("a write that fails is counted as an error, and not as written", async () => {
  await using store = new ScriptedBackend();
  store.onAppend = () => Promise.reject(ioError());
  await assertRejects(() => store.recordEvent(EVENT), PapyraError);
  const { records_written, write_errors } = await store.metrics.snapshot();
  assertEquals([records_written, write_errors], [0, 1]);
});

Deno.test("maintenance that fails is counted as an error", async () => {
  await using store = new ScriptedBackend();
  store.onScan = () => Promise.reject(ioError());
  await assertRejects(() => store.scan(), PapyraError);
  await assertRejects(() => store.recover(), PapyraError);
  const snapshot = await store.metrics.snapshot();
  assertEquals([snapshot.scans, snapshot.scan_errors], [0, 1]);
  assertEquals([snapshot.recoveries, snapshot.recovery_errors], [0, 1]);
});

Deno.test("a scan counts the anomalies that it found", async () => {
  await using store = new ScriptedBackend();
  store.onScan = async (scan) => ({ ...await scan(), anomaliesTotal: 3 });
  await store.scan();
  await store.scan();
  assertEquals((await store.metrics.snapshot()).anomalies_detected, 6);
});

Deno.test("a read tells and counts what was passed over, each time anew", async () => {
  await using store = new ScriptedBackend();
  await store.recordEvent(EVENT);
  store.onRead = async function* (read, query) {
    query.onSkipped();
    yield* read;
    query.onSkipped();
  };
  const stream = store.events();
  assertEquals(stream.skipped, 0);
  for (let round = 0; round < 2; round++) {
    for await (const _event of stream) assertEquals(stream.skipped, 1);
    assertEquals(stream.skipped, 2);
  }
  const { read_errors, records_read } = await store.metrics.snapshot();
  assertEquals([read_errors, records_read], [4, 2]);
});

Deno.test("a read that fails is counted, and one that is stopped is not", async () => {
  await using store = new ScriptedBackend();
  const stopper = new AbortController();
  await store.recordEvent(EVENT);
  const where = () => {
    stopper.abort();
    return true;
  };
  await assertRejects(() => store.listEvents({ signal: stopper.signal, where }), PapyraError);
  assertEquals((await store.metrics.snapshot()).read_errors, 0);
  // It fails before the first record.
  store.onRead = async function* () {
    yield await Promise.reject(ioError());
  };
  await assertRejects(() => store.listEvents(), PapyraError);
  assertEquals((await store.metrics.snapshot()).read_errors, 1);
});

Deno.test("a read that is left early lets go of what the backend holds for it", async () => {
  await using store = new ScriptedBackend();
  let held = 0;
  store.onRead = async function* (read) {
    held++;
    try {
      yield* read;
    } finally {
      held--;
    }
  };
  await store.recordMany([{ kind: "event", ...EVENT }, { kind: "event", ...EVENT }]);
  for await (const _event of store.events()) {
    assertEquals(held, 1);
    break;
  }
  assertEquals(held, 0);
  const begun = store.events()[Symbol.asyncIterator]();
  await begun.next();
  await store.close();
  await assertRejects(() => begun.next(), PapyraError);
  assertEquals(held, 0);
});

Deno.test("a read begins when it is first asked for a record", async () => {
  await using store = new ScriptedBackend();
  let begun = 0;
  store.onRead = (read) => {
    begun++;
    return read;
  };
  const stream = store.events();
  await store.recordEvent(EVENT);
  assertEquals(begun, 0);
  const read: StoredRecord[] = [];
  for await (const event of stream) read.push(event);
  assertEquals([begun, read.length], [1, 1]);
});

Deno.test("records() refuses kinds that there are not", async () => {
  await using store = new ScriptedBackend();
  const kinds = ["event", "events"] as RecordKind[];
  const error = assertThrows(() => store.records(kinds), PapyraError);
  assertEquals(error.code, "INVALID_ARGUMENT");
});

Deno.test("metrics keep what could not be saved until it can", async () => {
  await using store = new ScriptedBackend();
  await store.recordEvent(EVENT);
  store.onAddMetrics = () => Promise.resolve(false);
  assertEquals((await store.metrics.snapshot()).records_written, 1);
  store.onAddMetrics = () => Promise.reject(ioError());
  assertEquals((await store.metrics.snapshot()).records_written, 1);
  store.onAddMetrics = (add) => add();
  assertEquals((await store.metrics.snapshot()).records_written, 1);
});

Deno.test("metrics that are on their way to the totals are not missed by a snapshot", async () => {
  await using store = new ScriptedBackend();
  await store.recordEvent(EVENT);
  const [begun, shut] = [gate(), gate()];
  store.onAddMetrics = async (add) => {
    begun.open();
    await shut.opened;
    return add();
  };
  const first = store.metrics.snapshot();
  await begun.opened;
  const second = store.metrics.snapshot();
  const reset = store.metrics.reset();
  const last = store.metrics.snapshot();
  shut.open();
  assertEquals((await first).records_written, 1);
  assertEquals((await second).records_written, 1);
  await reset;
  assertEquals((await last).records_written, 0);
});

Deno.test("records of one call that have no time get the same, and a clock that is not needed is not asked", async () => {
  let asked = 0;
  await using store = new InMemoryPersistence({ clock: () => 1000 + asked++ });
  const untimed = { kind: "event", eventType: "A" } as const;
  await store.recordMany([untimed, { ...untimed, timestamp: 7 }, untimed]);
  assertEquals(asked, 1);
  await store.recordMany([{ ...untimed, timestamp: 8 }]);
  assertEquals(asked, 1);
  const times = (await store.listEvents()).map(({ timestamp }) => timestamp);
  assertEquals(times, [1000, 7, 1000, 8]);
});
