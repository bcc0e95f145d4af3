import { takeTurn } from "../../lib/storage/mutex.ts";
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
