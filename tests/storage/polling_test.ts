import { PapyraError } from "../../lib/errors.ts";
import { pollUntil } from "../../lib/storage/polling.ts";
import { assert, assertEquals, assertRejects } from "../_assert.ts";

Deno.test("pollUntil() asks until it is done", async () => {
  let asked = 0;
  assertEquals(await pollUntil(() => ++asked === 7), true);
  assertEquals(asked, 7);
  assertEquals(await pollUntil(() => Promise.resolve(++asked === 9)), true);
});

Deno.test("pollUntil() asks once where there is no time, and gives up when it is over", async () => {
  let asked = 0;
  assertEquals(await pollUntil(() => ++asked === 0, { timeoutMs: 0 }), false);
  assertEquals(asked, 1);
  const began = performance.now();
  assertEquals(await pollUntil(() => false, { timeoutMs: 30 }), false);
  assert(performance.now() - began >= 30);
});

Deno.test("pollUntil() gives up at a signal, before asking again", async () => {
  const controller = new AbortController();
  let asked = 0;
  const polling = pollUntil(() => {
    if (++asked === 5) controller.abort();
    return false;
  }, { signal: controller.signal });
  assertEquals((await assertRejects(() => polling, PapyraError)).code, "ABORTED");
  assertEquals(asked, 5);
});

Deno.test("pollUntil() passes on what asking throws", async () => {
  const failing = () => {
    throw new TypeError("no");
  };
  await assertRejects(() => pollUntil(failing), TypeError, "no");
});
