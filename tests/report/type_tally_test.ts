import { assert, assertEquals } from "../_assert.ts";
import { TypeTally } from "../../lib/report/type_tally.ts";

Deno.test("the most frequent types come first, and the others are summed", () => {
  const tally = new TypeTally();
  for (const type of ["b", "a", "c", "a", "b", "a", "d"]) tally.add(type);
  assertEquals(tally.counts(2), {
    top: [{ type: "a", count: 3 }, { type: "b", count: 2 }],
    others: 2,
    distinct: 4,
  });
});

Deno.test("any number of types takes constant memory, and what is frequent is still found", () => {
  const tally = new TypeTally();
  for (let n = 0; n < 50_000; n++) {
    tally.add(`type ${n}`);
    if (n % 10 === 0) tally.add("Frequent");
  }
  const { top, others, distinct } = tally.counts(3);
  assertEquals(top[0], { type: "Frequent", count: 5000 });
  assertEquals(others + top.reduce((sum, { count }) => sum + count, 0), 55_000);
  assertEquals(distinct, null);
});

Deno.test("a very long name is cut", () => {
  const tally = new TypeTally();
  tally.add("x".repeat(100_000));
  assert(tally.counts(1).top[0]!.type.length < 200);
});
