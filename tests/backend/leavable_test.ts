import { leavable } from "../../lib/backend/leavable.ts";
import { assertEquals, assertRejects } from "../_assert.ts";

Deno.test("leavable() ends what waits, and lets go of what it holds", async () => {
  let isHeld = true;
  const items = leavable(async function* (left: AbortSignal) {
    try {
      yield 1;
      await new Promise((_, reject) => left.addEventListener("abort", () => reject(left.reason)));
    } finally {
      isHeld = false;
    }
  });
  assertEquals(await items.next(), { done: false, value: 1 });
  const waiting = items.next();
  assertEquals(await items.return!(), { done: true, value: undefined });
  assertEquals(await waiting, { done: true, value: undefined });
  assertEquals(isHeld, false);
});

Deno.test("leavable() passes on what goes wrong before it is left", async () => {
  const items = leavable(async function* () {
    yield await Promise.reject(new Error("broken"));
  });
  await assertRejects(() => items.next(), Error, "broken");
  assertEquals((await items.next()).done, true);
});
