import { assert, assertEquals, assertMatch, assertRejects } from "../_assert.ts";
import type { Acknowledgement } from "../../lib/backend/backend.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { PapyraError } from "../../lib/errors.ts";
import type { RecordInput } from "../../lib/model/record.ts";
import { ingest, type LineAcknowledgement } from "../../lib/operations/ingest.ts";

const MEBIBYTE = 2 ** 20;

/** A store whose answers a test can hold back or replace. */
class ScriptedStore extends InMemoryPersistence {
  calls = 0;
  onRecord: (call: number, record: () => Promise<Acknowledgement>) => Promise<Acknowledgement> = (
    _call,
    record,
  ) => record();

  override recordMany(records: readonly RecordInput[]): Promise<Acknowledgement> {
    return this.onRecord(this.calls++, () => super.recordMany(records));
  }
}

function line(type: string): string {
  return `${JSON.stringify({ kind: "event", event_type: type, timestamp: 1 })}\n`;
}

function input(...chunks: readonly (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  const bytes = chunks.map((chunk) =>
    typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk
  );
  return ReadableStream.from(bytes);
}

async function typesIn(store: InMemoryPersistence): Promise<string[]> {
  return (await store.listEvents()).map(({ eventType }) => eventType);
}

/** Ingests and keeps the acknowledgements. */
async function ingestKeeping(
  store: InMemoryPersistence,
  chunks: AsyncIterable<Uint8Array>,
  options: { skipInvalid?: boolean; signal?: AbortSignal } = {},
) {
  const acknowledged: LineAcknowledgement[] = [];
  const skipped: (number | undefined)[] = [];
  const outcome = await ingest(store, chunks, {
    ...options,
    onAcknowledged: (batch) => void acknowledged.push(...batch),
    onSkipped: (error) => skipped.push(error.line),
  }).catch((error) => error as PapyraError);
  return { acknowledged, skipped, outcome };
}

Deno.test("ingest() records every line in order and counts", async () => {
  await using store = new InMemoryPersistence();
  const { acknowledged, outcome } = await ingestKeeping(
    store,
    input(`\ufeff${line("a")}\r\n\n`, line("b").replace("\n", "\r\n"), line("c").trimEnd()),
  );
  assertEquals(await typesIn(store), ["a", "b", "c"]);
  assertEquals(acknowledged, [{ line: 1, seq: 1 }, { line: 4, seq: 2 }, { line: 5, seq: 3 }]);
  assertEquals(outcome, { lines: 5, recorded: 3, skipped: 0, firstSeq: 1, lastSeq: 3 });
});

Deno.test("ingest() reads the same records however the bytes are cut", async () => {
  const bytes = new TextEncoder().encode(line("Zürich") + line("漢字 👍") + line("c"));
  for (let cut = 1; cut < bytes.length; cut++) {
    await using store = new InMemoryPersistence();
    await ingest(store, input(bytes.subarray(0, cut), bytes.subarray(cut)));
    assertEquals(await typesIn(store), ["Zürich", "漢字 👍", "c"]);
  }
  await using store = new InMemoryPersistence();
  await ingest(store, input(...Array.from(bytes, (byte) => Uint8Array.of(byte))));
  assertEquals(await typesIn(store), ["Zürich", "漢字 👍", "c"]);
});

/** Lines that cannot be taken, and what is said of them. */
const BAD_LINES: readonly (readonly [name: string, bytes: string | Uint8Array, message: RegExp])[] =
  [
    ["no JSON", "{bad", /^Cannot read line 3: not JSON/],
    ["a scalar", "42", /^Cannot record line 3: not a JSON object$/],
    ["no kind", "{}", /^Cannot record line 3: kind must be event, audit or dead_letter$/],
    ["a kind of its own", '{"kind":"nap"}', /^Cannot record line 3: kind must be/],
    ["a payload that is no object", '{"kind":"event","payload":1}', /line 3: payload of an event/],
    ["a count that is none", '{"kind":"audit","total_actors":"x"}', /line 3: totalActors must be/],
    ["a time that is none", '{"kind":"event","timestamp":"x"}', /line 3: timestamp must be/],
    [
      "a number that would change",
      '{"kind":"event","payload":{"n":1e400}}',
      /line 3: number 1e400/,
    ],
    ["NaN", '{"kind":"event","timestamp":NaN}', /line 3: not JSON/],
    ["bytes that are not UTF-8", Uint8Array.of(0x22, 0xff, 0x22), /line 3: not UTF-8$/],
    ["too many bytes", "x".repeat(16 * MEBIBYTE + 1), /line 3: longer than 16 MiB$/],
  ];

for (const [name, bytes, message] of BAD_LINES) {
  Deno.test(`ingest() stops at a line with ${name}, all before it acknowledged`, async () => {
    await using store = new InMemoryPersistence();
    const chunks = () => input(line("a"), line("b"), bytes, "\n", line("d"));
    const { acknowledged, outcome } = await ingestKeeping(store, chunks());
    assert(outcome instanceof PapyraError);
    assertEquals([outcome.code, outcome.line], ["INVALID_INPUT", 3]);
    assertMatch(outcome.message, message);
    assertEquals(acknowledged, [{ line: 1, seq: 1 }, { line: 2, seq: 2 }]);
    assertEquals(await typesIn(store), ["a", "b"]);

    const skipping = await ingestKeeping(store, chunks(), { skipInvalid: true });
    assertEquals(skipping.skipped, [3]);
    assertEquals(skipping.outcome, { lines: 4, recorded: 3, skipped: 1, firstSeq: 3, lastSeq: 5 });
  });
}

Deno.test("a record that fits its line but not the store's is refused by its line", async () => {
  await using store = new InMemoryPersistence();
  const long = line("x".repeat(16 * MEBIBYTE - 80));
  const { outcome } = await ingestKeeping(store, input(line("a"), long));
  assert(outcome instanceof PapyraError);
  assertMatch(outcome.message, /^Cannot read line 2: longer than 16 MiB$/);
});

Deno.test("acknowledgements come in order, whichever batch is done first", async () => {
  await using store = new ScriptedStore();
  const last = Promise.withResolvers<void>();
  store.onRecord = async (call, record) => {
    const acknowledgement = await record();
    if (call === 3) last.resolve();
    else await last.promise;
    return acknowledgement;
  };
  const { acknowledged } = await ingestKeeping(store, input(line("x").repeat(1750)));
  assertEquals(store.calls, 4);
  assertEquals(
    acknowledged,
    Array.from({ length: 1750 }, (_, index) => ({ line: index + 1, seq: index + 1 })),
  );
});

Deno.test("a store that is slow holds the input back", async () => {
  await using store = new ScriptedStore();
  const release = Promise.withResolvers<void>();
  let held = 0;
  let heldMax = 0;
  store.onRecord = async (_call, record) => {
    heldMax = Math.max(heldMax, ++held);
    await release.promise;
    held--;
    return record();
  };
  let chunksRead = 0;
  const running = ingest(store, chunks());
  // Every chunk but the last few is asked for only when there is room again.
  while (store.calls < 4) await new Promise((resolve) => setTimeout(resolve, 1));
  const chunksReadWhileHeld = chunksRead;
  release.resolve();
  assertEquals((await running).recorded, 50_000);
  assertEquals(heldMax, 4);
  assert(chunksReadWhileHeld <= 6);

  async function* chunks() {
    for (; chunksRead < 100; chunksRead++) yield new TextEncoder().encode(line("x").repeat(500));
  }
});

Deno.test("a producer that waits for each acknowledgement gets it", async () => {
  await using store = new InMemoryPersistence();
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
  const report = await ingest(store, producer(), {
    onAcknowledged: (batch) => batch.forEach(({ seq }) => gates[seq! - 1]!.resolve()),
  });
  assertEquals(report.recorded, 3);

  async function* producer() {
    for (const { promise } of gates) {
      yield new TextEncoder().encode(line("x"));
      await promise;
    }
  }
});

Deno.test("a store that fails ends it at once, though the input is silent", async () => {
  await using store = new ScriptedStore();
  store.onRecord = (call, record) =>
    call === 1 ? Promise.reject(new PapyraError("NOT_WRITTEN", "Cannot write: full")) : record();
  const { acknowledged, outcome } = await ingestKeeping(store, silentAfter(line("a"), line("b")));
  assert(outcome instanceof PapyraError);
  assertEquals(
    [outcome.code, outcome.line, outcome.message],
    ["NOT_WRITTEN", 2, "Cannot ingest line 2: Cannot write: full"],
  );
  assertEquals(acknowledged, [{ line: 1, seq: 1 }]);
});

Deno.test("a signal ends it while the input is silent, all that was sent acknowledged", async () => {
  await using store = new InMemoryPersistence();
  const controller = new AbortController();
  const acknowledged: LineAcknowledgement[] = [];
  const error = await assertRejects(
    () =>
      ingest(store, silentAfter(line("a") + line("b").slice(0, 10)), {
        signal: controller.signal,
        onAcknowledged: (batch) => {
          acknowledged.push(...batch);
          controller.abort();
        },
      }),
    PapyraError,
  );
  assertEquals(error.code, "ABORTED");
  assertEquals(acknowledged, [{ line: 1, seq: 1 }]);
  assertEquals(await typesIn(store), ["a"]);
});

Deno.test("a callback that fails ends it", async () => {
  await using store = new InMemoryPersistence();
  const failure = new Error("nobody listens");
  const options = { onAcknowledged: () => Promise.reject(failure) };
  const error = await assertRejects(() => ingest(store, silentAfter(line("a")), options), Error);
  assertEquals(error, failure);
});

Deno.test("an input that fails ends it, all before it acknowledged", async () => {
  await using store = new InMemoryPersistence();
  const { acknowledged, outcome } = await ingestKeeping(store, failing());
  assertEquals(String(outcome), "Error: the pipe broke");
  assertEquals(acknowledged, [{ line: 1, seq: 1 }]);

  async function* failing() {
    yield await Promise.resolve(new TextEncoder().encode(line("a")));
    throw new Error("the pipe broke");
  }
});

async function* silentAfter(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
  await new Promise(() => {});
}
