import { takeTurn, takeTurnWithin } from "../../lib/storage/mutex.ts";
import { assertEquals } from "../_assert.ts";

Deno.test("takeTurn() lets callers of one name go one by one, in the order in which they came", async () => {
  const order: string[] = [];
  await Promise.all([1, 2, 3].map(async (number) => {
    const endTurn = await takeTurn("one");
    order.push(`${number} begins`);
    for (let wait = 0; wait < 5; wait++) await Promise.resolve();
    order.push(`${number} ends`);
    endTurn();
  }));
  assertEquals(order, [1, 2, 3].flatMap((number) => [`${number} begins`, `${number} ends`]));
});

Deno.test("takeTurn() keeps names apart, and is free again afterwards", async () => {
  const endOther = await takeTurn("other");
  (await takeTurn("one"))();
  (await takeTurn("one"))();
  endOther();
  (await takeTurn("other"))();
});

Deno.test("takeTurnWithin() takes its turn like everybody else", async () => {
  const endFirst = await takeTurn("name");
  const second = takeTurnWithin("name", { timeoutMs: 10_000 });
  endFirst();
  (await second)!();
  (await takeTurnWithin("name", {}))!();
});

Deno.test("takeTurnWithin() gives up in time or at a signal, and lets the next ones go", async () => {
  const endFirst = await takeTurn("name");
  assertEquals(await takeTurnWithin("name", { timeoutMs: 5 }), null);
  assertEquals(await takeTurnWithin("name", { signal: AbortSignal.timeout(5) }), null);
  const last = takeTurn("name");
  endFirst();
  (await last)();
  (await takeTurn("name"))();
});
