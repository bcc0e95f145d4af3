import { assert, assertEquals, assertMatch } from "../_assert.ts";
import { forecastDisk, type ForecastQuestion } from "../../lib/report/disk_forecast.ts";
import { PaceTally } from "../../lib/report/pace_tally.ts";
import { formatTime } from "../../lib/model/units.ts";

const DAY = 86_400;
const NOW = 1_700_000_000;

function question(timestamps: readonly number[], others: Partial<ForecastQuestion> = {}) {
  const pace = new PaceTally(NOW);
  for (const timestamp of timestamps) pace.add(timestamp);
  return {
    now: NOW,
    freeBytes: 1_000_000,
    bytes: timestamps.length * 100,
    records: timestamps.length,
    pace: pace.pace(),
    olderBytesRemoved: 0,
    ...others,
  };
}

function assertNear(actual: number, expected: number): void {
  assert(Math.abs(actual - expected) < 0.01, `${actual} instead of ${expected}`);
}

/** So many a day for so many days, up to now. */
function steady(perDay: number, days: number): number[] {
  return Array.from({ length: perDay * days + 1 }, (_, n) => NOW - days * DAY + n * DAY / perDay);
}

Deno.test("a steady store fills the disk when the arithmetic says so", () => {
  const { fullAt, bytesPerDay, gap, sentence } = forecastDisk(question(steady(10, 5)));
  assertEquals(gap, null);
  assertNear(bytesPerDay!, 1020);
  assertNear((fullAt! - NOW) / DAY, 1_000_000 / 1020);
  assertMatch(sentence, /^976\.6 KiB are free\. At 1020 B a day, as in the last 5 days, /);
  assertMatch(sentence, new RegExp(`about ${formatTime(fullAt!).slice(0, 4)}\\.`));
});

Deno.test("only the last seven days say how fast it goes", () => {
  const quietNow = [...steady(1000, 1).map((time) => time - 30 * DAY), ...steady(1, 7)];
  assertNear(forecastDisk(question(quietNow)).bytesPerDay!, 800 / 7);
});

Deno.test("what compactions took away of older records is counted against the growth", () => {
  const growing = forecastDisk(question(steady(10, 7), { olderBytesRemoved: 3600 }));
  assertNear(growing.bytesPerDay!, 500);
  const shrinking = forecastDisk(question(steady(10, 7), { olderBytesRemoved: 8000 }));
  assertEquals([shrinking.gap, shrinking.fullAt], ["shrinking", null]);
  assertMatch(shrinking.sentence, /compactions took away at least as much as was recorded/);
});

const GAPS: readonly (readonly [string, ForecastQuestion, RegExp])[] = [
  ["no_disk", question(steady(10, 5), { freeBytes: null }), /^How much room is left/],
  ["no_store", question([]), /there are no records with a time/],
  ["too_short", question([NOW - 600, NOW - 10]), /the records span only 10 minutes/],
  [
    "clock",
    question([...steady(10, 5), NOW + 9000]),
    /1 record are yet to come, so a clock has jumped/,
  ],
  ["clock", question([NOW - 10, ...steady(10, 5)]), /go back by more than an hour/],
  ["not_growing", question([NOW - 30 * DAY]), /nothing was recorded in the last 7 days/],
];

for (const [gap, asked, expected] of GAPS) {
  Deno.test(`where nobody can say when the disk is full, it is said why: ${expected}`, () => {
    const forecast = forecastDisk(asked);
    assertEquals([forecast.gap, forecast.fullAt], [gap, null]);
    assertMatch(forecast.sentence, expected);
  });
}

Deno.test("a clock that went back long ago does not matter any more", () => {
  const old = [NOW - 60 * DAY, NOW - 90 * DAY, NOW - 59 * DAY];
  assertEquals(forecastDisk(question([...old, ...steady(10, 6)])).gap, null);
});

Deno.test("a disk that outlives everybody is not given a date", () => {
  const { fullAt, sentence } = forecastDisk(question(steady(1, 7), { freeBytes: 1e15 }));
  assertEquals(fullAt, null);
  assertMatch(sentence, /they last for more than a hundred years/);
});

Deno.test("a full disk is called full", () => {
  const { fullAt, sentence } = forecastDisk(question(steady(10, 5), { freeBytes: 0 }));
  assertEquals(fullAt, NOW);
  assertMatch(
    sentence,
    /^The disk is full\. The store grows by 1020 B a day, as in the last 5 days/,
  );
});
