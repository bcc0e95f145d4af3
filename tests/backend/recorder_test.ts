import type { PersistenceBackend } from "../../lib/backend/backend.ts";
import { createRecorder, type DroppedRecord, type Recorder } from "../../lib/backend/recorder.ts";
import { type ErrorCode, PapyraError } from "../../lib/errors.ts";
import type { EventInput, EventRecord, RecordInput } from "../../lib/model/record.ts";
import { assert, assertEquals, assertThrows } from "../_assert.ts";
import { gate, ScriptedBackend } from "./scripted_backend.ts";

function event(index: number): EventInput {
  return { eventType: `E${index}`, timestamp: index, payload: { index } };
}

async function typesIn(store: PersistenceBackend): Promise<string[]> {
  return (await store.listEvents()).map(({ eventType }) => eventType);
}

function droppedIn(recorder: Recorder): number {
  return Object.values(recorder.stats.dropped).reduce((sum, count) => sum + count);
}

Deno.test("createRecorder() gathers a batch while another one is being written", async () => {
  await using store = new ScriptedBackend();
  const sizes: number[] = [];
  const [begun, shut] = [gate(), gate()];
  store.onAppend = async (count, append) => {
    sizes.push(count);
    begun.open();
    await shut.opened;
    return append();
  };
  const recorder = createRecorder(store);
  for (let index = 0; index < 3; index++) recorder.event(event(index));
  await begun.opened;
  for (let index = 3; index < 10; index++) recorder.event(event(index));
  assertEquals(recorder.stats.waitingRecords, 10);
  shut.open();
  await recorder.close();
  assertEquals(sizes, [3, 7]);
  assertEquals(await typesIn(store), Array.from({ length: 10 }, (_, index) => `E${index}`));
  assertEquals(recorder.stats.waitingBytes, 0);
});

Deno.test("createRecorder() writes at most a thousand records at once", async () => {
  await using store = new ScriptedBackend();
  const sizes: number[] = [];
  store.onAppend = (count, append) => {
    sizes.push(count);
    return append();
  };
  const recorder = createRecorder(store);
  for (let index = 0; index < 2500; index++) recorder.event(event(index));
  await recorder.flush();
  assertEquals(sizes, [1000, 1000, 500]);
});

Deno.test("createRecorder() takes a record down when it is emitted", async () => {
  let now = 7;
  await using store = new ScriptedBackend();
  const recorder = createRecorder(store, { clock: () => now });
  const emitted = { eventType: "A", payload: { step: 1 } };
  recorder.event(emitted);
  emitted.payload.step = 2;
  emitted.eventType = "B";
  now = 8;
  await recorder.close();
  const [stored] = await store.listEvents();
  assertEquals([stored?.timestamp, stored?.eventType, stored?.payload], [7, "A", { step: 1 }]);
});

Deno.test("createRecorder() gives up the newest where too many records wait", async () => {
  await using store = new ScriptedBackend();
  const dropped: DroppedRecord[] = [];
  const recorder = createRecorder(store, {
    waitingRecordsMax: 3,
    onDrop: (drop) => dropped.push(drop),
  });
  for (let index = 0; index < 5; index++) recorder.event(event(index));
  await recorder.flush();
  recorder.event(event(5));
  await recorder.close();
  assertEquals(await typesIn(store), ["E0", "E1", "E2", "E5"]);
  assertEquals(dropped.map(({ record }) => (record as EventRecord).eventType), ["E3", "E4"]);
  assertEquals(dropped.map(({ reason }) => reason), ["queue_full", "queue_full"]);
  assertEquals((dropped[0]?.error as PapyraError).code, "NOT_WRITTEN");
  assertEquals([recorder.stats.recorded, recorder.stats.dropped.queue_full], [4, 2]);
});

Deno.test("createRecorder() bounds the bytes that wait, those being written included", async () => {
  await using store = new ScriptedBackend();
  const recorder = createRecorder(store, { waitingBytesMax: 1000 });
  const large = { ...event(1), payload: { text: "€".repeat(250) } };
  recorder.event(large);
  assert(recorder.stats.waitingBytes > 750, "bytes are counted, not characters");
  recorder.event(large);
  recorder.event(event(2));
  await recorder.flush();
  recorder.event(large);
  await recorder.close();
  assertEquals(await typesIn(store), ["E1", "E2", "E1"]);
  assertEquals(recorder.stats.dropped.queue_full, 1);
});

Deno.test("createRecorder() refuses limits that limit nothing by mistake", async () => {
  await using store = new ScriptedBackend();
  for (const options of [{ waitingRecordsMax: NaN }, { waitingBytesMax: -1 }]) {
    const error = assertThrows(() => createRecorder(store, options), PapyraError);
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});

Deno.test("createRecorder() drops what is not a record, and says which", async () => {
  await using store = new ScriptedBackend();
  const dropped: DroppedRecord[] = [];
  const recorder = createRecorder(store, { onDrop: (drop) => dropped.push(drop) });
  const hostile = {
    get eventType(): string {
      throw new RangeError("no type today");
    },
  };
  recorder.event(null as unknown as EventInput);
  recorder.event(hostile);
  recorder.audit({ totalActors: 0.5 });
  recorder.deadLetter({ messageType: "M", payload: NaN });
  recorder.event(event(1));
  await recorder.close();
  assertEquals(dropped.map(({ reason }) => reason), Array(4).fill("invalid"));
  assertEquals(dropped.map(({ record }) => record.kind), [
    "event",
    "event",
    "audit",
    "dead_letter",
  ]);
  assertEquals(await typesIn(store), ["E1"]);
});

Deno.test("createRecorder() finds the one record that the store refuses in a batch", async () => {
  await using store = new ScriptedBackend();
  const dropped: string[] = [];
  const recorder = createRecorder(refusing(store, ["E3", "E11"]), {
    onDrop: ({ record }) => dropped.push((record as EventRecord).eventType),
  });
  for (let index = 0; index < 20; index++) recorder.event(event(index));
  await recorder.close();
  const expected = Array.from({ length: 20 }, (_, index) => `E${index}`);
  assertEquals(await typesIn(store), expected.filter((type) => type !== "E3" && type !== "E11"));
  assertEquals(dropped, ["E3", "E11"]);
  assertEquals([recorder.stats.recorded, recorder.stats.dropped.refused], [18, 2]);
});

Deno.test("createRecorder() tries again what was surely not written", async () => {
  await using store = new ScriptedBackend();
  let attempts = 0;
  store.onAppend = (_count, append) => ++attempts < 3 ? failing("NOT_WRITTEN") : append();
  const recorder = createRecorder(store);
  recorder.event(event(1));
  recorder.event(event(2));
  await recorder.close();
  assertEquals([attempts, recorder.stats.recorded, droppedIn(recorder)], [3, 2, 0]);
  assertEquals(await typesIn(store), ["E1", "E2"]);
});

Deno.test("createRecorder() gives up after three attempts, and goes on with the next batch", async () => {
  await using store = new ScriptedBackend();
  let attempts = 0;
  store.onAppend = (_count, append) => ++attempts <= 3 ? failing("NOT_WRITTEN") : append();
  const recorder = createRecorder(store);
  recorder.event(event(1));
  await recorder.flush();
  recorder.event(event(2));
  await recorder.close();
  assertEquals([attempts, recorder.stats.dropped.refused], [4, 1]);
  assertEquals(await typesIn(store), ["E2"]);
});

Deno.test("createRecorder() does not write again what may have been written", async () => {
  for (const failure of [() => failing("UNKNOWN"), () => Promise.reject(new TypeError("odd"))]) {
    await using store = new ScriptedBackend();
    let attempts = 0;
    store.onAppend = () => {
      attempts++;
      return failure();
    };
    const recorder = createRecorder(store);
    recorder.event(event(1));
    recorder.event(event(2));
    await recorder.close();
    assertEquals([attempts, recorder.stats.dropped.unknown], [1, 2]);
  }
});

Deno.test("createRecorder() survives a store that throws instead of rejecting", async () => {
  await using inner = new ScriptedBackend();
  const store = new Proxy<PersistenceBackend>(inner, {
    get(target, name) {
      if (name !== "recordMany" && name !== "flush") return Reflect.get(target, name);
      return () => {
        throw new TypeError(`no ${String(name)} today`);
      };
    },
  });
  const recorder = createRecorder(store);
  recorder.event(event(1));
  await recorder.close();
  assertEquals([recorder.stats.dropped.unknown, recorder.stats.flushErrors], [1, 1]);
});

Deno.test("createRecorder() is not hurt by a callback that throws, rejects or records", async () => {
  await using store = new ScriptedBackend();
  let told = 0;
  const recorder: Recorder = createRecorder(store, {
    waitingRecordsMax: 1,
    onDrop: ({ record }) => {
      told++;
      recorder.event({ eventType: "Dropped" });
      if (record.kind === "audit") throw new Error("the callback's own");
      return Promise.reject(new Error("the callback's own, later")) as unknown as void;
    },
  });
  recorder.event(event(1));
  recorder.event(event(2));
  recorder.audit({});
  await recorder.close();
  assertEquals(told, 2);
  assertEquals(recorder.stats.dropped.queue_full, 4, "those that the callback recorded count too");
  assertEquals(await typesIn(store), ["E1"]);
});

Deno.test("Recorder.flush() does not wait for what is emitted after it", async () => {
  await using store = new ScriptedBackend();
  const gates = [gate(), gate()];
  let batches = 0;
  store.onAppend = async (_count, append) => {
    await gates[batches++]!.opened;
    return append();
  };
  const recorder = createRecorder(store);
  recorder.event(event(1));
  const flushed = recorder.flush();
  // Lets the first batch begin, so that the second record is not part of it.
  await Promise.resolve();
  recorder.event(event(2));
  gates[0]!.open();
  await flushed;
  assertEquals(recorder.stats.recorded, 1);
  gates[1]!.open();
  await recorder.close();
  assertEquals(recorder.stats.recorded, 2);
});

Deno.test("Recorder.flush() syncs the store, and counts what fails", async () => {
  await using store = new ScriptedBackend();
  let flushes = 0;
  store.onFlush = () => ++flushes === 1 ? Promise.resolve() : failing("IO_ERROR");
  const recorder = createRecorder(store);
  await recorder.flush();
  assertEquals([flushes, recorder.stats.flushErrors], [1, 0]);
  await recorder.flush();
  assertEquals([flushes, recorder.stats.flushErrors], [2, 1]);
});

Deno.test("Recorder.close() writes what waits, leaves the store open, and takes no more", async () => {
  await using store = new ScriptedBackend();
  const recorder = createRecorder(store);
  recorder.event(event(1));
  const closing = recorder.close();
  recorder.event(event(2));
  await Promise.all([closing, recorder.close(), recorder[Symbol.asyncDispose]()]);
  assertEquals(await typesIn(store), ["E1"]);
  assertEquals(recorder.stats.dropped.closed, 1);
  await store.recordEvent(event(3));
});

Deno.test("Recorder.stats accounts for every record emitted", async () => {
  await using store = new ScriptedBackend();
  let batches = 0;
  store.onAppend = (_count, append) => ++batches % 2 ? append() : failing("UNKNOWN");
  const recorder = createRecorder(store, { waitingRecordsMax: 40 });
  for (let index = 0; index < 500; index++) {
    recorder.event(index % 7 ? event(index) : {} as EventInput);
    if (index % 60 === 0) await recorder.flush();
  }
  const { recorded, waitingRecords } = recorder.stats;
  assertEquals(recorded + waitingRecords + droppedIn(recorder), 500);
  await recorder.close();
  assertEquals(recorder.stats.recorded + droppedIn(recorder), 500);
  assertEquals((await store.listEvents()).length, recorder.stats.recorded);
});

function failing(code: ErrorCode): Promise<never> {
  return Promise.reject(new PapyraError(code, "Cannot write, as the test wants it"));
}

/** A store that refuses every batch in which there is an event of one of these types. */
function refusing(store: PersistenceBackend, types: readonly string[]): PersistenceBackend {
  return new Proxy(store, {
    get(target, name) {
      if (name !== "recordMany") {
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return (records: readonly RecordInput[]) =>
        records.some((record) => record.kind === "event" && types.includes(record.eventType))
          ? failing("INVALID_RECORD")
          : target.recordMany(records);
    },
  });
}
