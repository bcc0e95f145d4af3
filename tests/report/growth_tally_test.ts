import { assert, assertEquals } from "../_assert.ts";
import { GrowthTally } from "../../lib/report/growth_tally.ts";
import type { Growth } from "../../lib/report/store_report.ts";

const DAY = 86_400;
const MIDNIGHT = 1_700_006_400;

function tallied(timestamps: Iterable<number | null>): Growth {
  const tally = new GrowthTally();
  for (const timestamp of timestamps) tally.add("event", timestamp);
  return tally.growth();
}

function all({ buckets, earlier, later, untimed }: Growth): number {
  const drawn = buckets.reduce((sum, { records }) => sum + records.event, 0);
  return drawn + earlier + later + untimed;
}

Deno.test("no records make no periods", () => {
  const nothing = { bucketSeconds: 0, buckets: [], earlier: 0, later: 0, untimed: 0 };
  assertEquals(tallied([]), nothing);
  assertEquals(tallied([null, null]), { ...nothing, untimed: 2 });
});

Deno.test("the length of the periods follows from the time that the records span", () => {
  const evenly = (span: number) =>
    Array.from({ length: 1000 }, (_, n) => MIDNIGHT + span * n / 1000);
  const widths = [10, 3600, DAY, 30 * DAY, 365 * DAY].map((span) =>
    tallied(evenly(span)).bucketSeconds
  );
  assertEquals(widths, [1, 60, 3600, DAY, 7 * DAY]);
});

Deno.test("periods have no hole, begin at round times, and lose no record", () => {
  const growth = tallied([MIDNIGHT + 10, MIDNIGHT + 20, MIDNIGHT + 7200, null]);
  assertEquals(growth.bucketSeconds, 300);
  assertEquals(growth.buckets.length, 25);
  assertEquals(growth.buckets[0], {
    from: MIDNIGHT,
    records: { event: 2, audit: 0, dead_letter: 0 },
  });
  assertEquals(growth.buckets[1]!.records.event, 0);
  assertEquals([all(growth), growth.untimed], [4, 1]);
});

Deno.test("kinds are counted apart", () => {
  const tally = new GrowthTally();
  for (const kind of ["event", "audit", "dead_letter", "audit"] as const) tally.add(kind, MIDNIGHT);
  assertEquals(tally.growth().buckets[0]!.records, { event: 1, audit: 2, dead_letter: 1 });
});

Deno.test("a few times far away are counted and do not press all others into one bar", () => {
  const day = Array.from({ length: 1000 }, (_, n) => MIDNIGHT + n * 86);
  const growth = tallied([0, 1, ...day, MIDNIGHT + 4000 * DAY]);
  assertEquals([growth.earlier, growth.later, growth.bucketSeconds], [2, 1, 3600]);
  assertEquals(all(growth), 1003);
});

Deno.test("a year of seconds and times of all sizes take constant memory and lose no record", () => {
  const tally = new GrowthTally();
  let count = 0;
  for (let second = 0; second < 365 * DAY; second += 977) {
    tally.add("event", MIDNIGHT + second);
    count++;
  }
  for (let power = 0; power < 300; power += 0.05) {
    for (const sign of [1, -1]) tally.add("event", sign * 10 ** power);
    count += 2;
  }
  const growth = tally.growth();
  assertEquals(all(growth), count);
  assert(growth.buckets.length <= 80);
});

Deno.test("times that no calendar has are counted, and drawn nowhere", () => {
  const odd = [1e999, -1e999, Number.MAX_VALUE, -Number.MAX_VALUE, 9e15];
  const { bucketSeconds, buckets, earlier, later } = tallied([...odd, MIDNIGHT, MIDNIGHT + 1]);
  assertEquals([bucketSeconds, buckets.length, earlier, later], [1, 2, 2, 3]);
  assertEquals(all(tallied(odd)), odd.length);
});
