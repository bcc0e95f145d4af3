import { assertEquals } from "../_assert.ts";
import { GrowthTally } from "../../lib/report/growth_tally.ts";
import { periodStartText } from "../../lib/report/labels.ts";

const FIRST = 1_700_006_400;

function labelsOf(...ages: readonly number[]): string[] {
  const tally = new GrowthTally();
  for (const age of ages) tally.add("event", FIRST + age);
  const growth = tally.growth();
  return growth.buckets.map(({ from }) => periodStartText(growth, from));
}

Deno.test("every period of the growth has a label of its own, as close as its length asks for", () => {
  assertEquals(labelsOf(0, 1), ["2023-11-15 00:00:00 UTC", "2023-11-15 00:00:01 UTC"]);
  assertEquals(labelsOf(0, 100).slice(0, 2), [
    "2023-11-15 00:00:00 UTC",
    "2023-11-15 00:00:05 UTC",
  ]);
  assertEquals(labelsOf(0, 3600).slice(0, 2), ["2023-11-15 00:00 UTC", "2023-11-15 00:01 UTC"]);
  assertEquals(labelsOf(0, 50 * 86_400).slice(0, 2), ["2023-11-15", "2023-11-16"]);
  for (const span of [1, 30, 79, 200, 900, 5000, 1e5, 1e6, 1e8]) {
    const labels = labelsOf(0, span);
    assertEquals(new Set(labels).size, labels.length, `${span} seconds`);
  }
});
