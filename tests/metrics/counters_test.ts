import { Counters } from "../../lib/metrics/counters.ts";
import { emptySnapshot } from "../../lib/metrics/snapshot.ts";
import { assert, assertEquals } from "../_assert.ts";

Deno.test("Counters add up until they are taken", () => {
  const counters = new Counters();
  assert(counters.isEmpty);
  counters.add("scans");
  counters.add("bytes_written", 100);
  counters.addAll({ ...emptySnapshot(), scans: 2 });
  assertEquals(counters.take(), { ...emptySnapshot(), scans: 3, bytes_written: 100 });
  assertEquals(counters.take(), emptySnapshot());
});

Deno.test("Counters.peek() takes nothing, and does not change later", () => {
  const counters = new Counters();
  counters.add("scans");
  const seen = counters.peek();
  counters.add("scans");
  assertEquals([seen.scans, counters.peek().scans, counters.isEmpty], [1, 2, false]);
});
