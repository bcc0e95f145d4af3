import { PapyraError } from "../../../lib/errors.ts";
import {
  WriteQueue,
  type WriteRequest,
  type WrittenRange,
} from "../../../lib/storage/appending/write_queue.ts";
import { assert, assertEquals, assertRejects } from "../../_assert.ts";

const lengthOf = (text: string): number => text.length;

function textsOf(batch: readonly WriteRequest<string, WrittenRange>[]): string[] {
  return batch.flatMap(({ records }) => [...records]);
}

/** Adds requests whose promises nobody waits for. */
function add(queue: WriteQueue<string>, ...texts: string[]): void {
  for (const text of texts) void queue.add([text], undefined);
}

Deno.test("WriteQueue gives requests in the order in which they came, about so many bytes", () => {
  const queue = new WriteQueue(1000, lengthOf);
  assert(queue.isEmpty);
  add(queue, "aaaa", "bbbb", "cccc", "d".repeat(50), "e");
  assertEquals(textsOf(queue.take(8)), ["aaaa", "bbbb"]);
  assertEquals(textsOf(queue.take(9)), ["cccc"]);
  assertEquals(textsOf(queue.take(9)), ["d".repeat(50)], "one at the least");
  assertEquals(textsOf(queue.take(9)), ["e"]);
  assert(queue.isEmpty);
  assertEquals(queue.take(9), []);
});

Deno.test("WriteQueue lets callers wait outside, in order, once it is full", () => {
  const queue = new WriteQueue(10, lengthOf);
  const texts = Array.from({ length: 30 }, (_, index) => `${index}`.padStart(6, "-"));
  add(queue, ...texts);
  const taken: string[] = [];
  while (!queue.isEmpty) {
    const batch = textsOf(queue.take(1000));
    assert(batch.join("").length <= 10, "more was let in than there is room for");
    taken.push(...batch);
  }
  assertEquals(taken, texts);
});

Deno.test("WriteQueue takes a request that is larger than itself", () => {
  const queue = new WriteQueue(10, lengthOf);
  add(queue, "x".repeat(100), "y");
  assertEquals(textsOf(queue.take(1000)), ["x".repeat(100)]);
  assertEquals(textsOf(queue.take(1000)), ["y"]);
});

Deno.test("WriteQueue withdraws a request at a signal, in the queue and outside", async () => {
  const queue = new WriteQueue(10, lengthOf);
  const controller = new AbortController();
  const inside = queue.add(["inside"], controller.signal);
  add(queue, "stays");
  const outside = queue.add(["outside"], controller.signal);
  add(queue, "last");
  controller.abort();
  for (const promise of [inside, outside]) {
    assertEquals((await assertRejects(() => promise, PapyraError)).code, "ABORTED");
  }
  const taken: string[] = [];
  while (!queue.isEmpty) taken.push(...textsOf(queue.take(1000)));
  assertEquals(taken, ["stays", "last"]);
});

Deno.test("WriteQueue does not withdraw what was taken", async () => {
  const queue = new WriteQueue(10, lengthOf);
  const controller = new AbortController();
  const promise = queue.add(["x"], controller.signal);
  const [request] = queue.take(1000);
  controller.abort();
  request!.resolve({ firstSeq: 1, lastSeq: 1, count: 1 });
  assertEquals(await promise, { firstSeq: 1, lastSeq: 1, count: 1 });
});

Deno.test("WriteQueue refuses a request whose signal has fired", async () => {
  const queue = new WriteQueue(10, lengthOf);
  const error = await assertRejects(() => queue.add(["x"], AbortSignal.abort()), PapyraError);
  assertEquals(error.code, "ABORTED");
  assertEquals(queue.take(1000), []);
});

/** A signal that counts who listens. */
class CountingSignal extends EventTarget {
  readonly aborted = false;
  listeners = 0;

  override addEventListener(...args: Parameters<EventTarget["addEventListener"]>): void {
    this.listeners++;
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget["removeEventListener"]>): void {
    this.listeners--;
    super.removeEventListener(...args);
  }
}

Deno.test("WriteQueue leaves nothing at a signal that outlives many requests", async () => {
  const queue = new WriteQueue(1000, lengthOf);
  const signal = new CountingSignal();
  const promises = Array.from(
    { length: 100 },
    () => queue.add(["x"], signal as unknown as AbortSignal),
  );
  for (const request of queue.take(1000)) request.resolve({ firstSeq: 1, lastSeq: 1, count: 1 });
  await Promise.all(promises);
  assertEquals(signal.listeners, 0);
});

Deno.test("WriteQueue lets go of what was taken, also while it is never empty", async () => {
  const queue = new WriteQueue(10_000, lengthOf);
  add(queue, ...Array.from({ length: 1000 }, () => "waits"));
  let collected = 0;
  const registry = new FinalizationRegistry(() => collected++);
  for (let round = 0; round < 3000; round++) {
    const records = [`record ${round}`];
    registry.register(records, round);
    void queue.add(records, undefined);
    queue.take(1)[0]!.resolve({ firstSeq: 1, lastSeq: 1, count: 1 });
  }
  for (let wait = 0; wait < 50 && collected < 1000; wait++) {
    // Garbage, so that there is some to collect.
    new Array(1_000_000).fill(wait);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert(collected >= 1000, `only ${collected} of 2000 were let go`);
});
