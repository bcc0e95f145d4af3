import { assert, assertEquals } from "../_assert.ts";
import { countAxis, timeTicks } from "../../lib/report/page/axis.ts";

const DAY = 86_400;
const MIDNIGHT = 1_700_006_400;

function labels(from: number, span: number): string[] {
  return timeTicks(from, from + span).map(({ label }) => label);
}

Deno.test("the axis of counts ends at a round number, with few round ticks", () => {
  const told = [0, 1, 3, 7, 25, 821, 6500, 48_000, 1_234_567].map((most) => {
    const { top, ticks } = countAxis(most);
    assert(top >= most && ticks.length <= 7, `${most}`);
    return ticks.at(-1)!.label;
  });
  assertEquals(told, ["1", "1", "3", "8", "25", "1,000", "8,000", "50k", "1.5M"]);
  assertEquals(countAxis(821).ticks.map(({ label }) => label), [
    "0",
    "200",
    "400",
    "600",
    "800",
    "1,000",
  ]);
});

Deno.test("the axis of times has labels that fit its span", () => {
  assertEquals(labels(MIDNIGHT, 20), ["15 Nov", "00:00:05", "00:00:10", "00:00:15"]);
  assertEquals(labels(MIDNIGHT + 60, 3600)[0], "00:10");
  assertEquals(labels(MIDNIGHT, 3 * DAY).slice(0, 3), ["15 Nov", "12:00", "16 Nov"]);
  assertEquals(labels(MIDNIGHT, 30 * DAY)[1], "23 Nov");
  assertEquals(labels(MIDNIGHT, 400 * DAY)[0], "25 Jan 2024");
  assertEquals(labels(MIDNIGHT, 40 * 365 * DAY).length, 5);
});

Deno.test("where there is little room, dates stay rather than hours", () => {
  const main = timeTicks(MIDNIGHT - 100, MIDNIGHT + 3 * DAY).filter(({ isMain }) => isMain);
  assertEquals(main.map(({ label }) => label), ["15 Nov", "16 Nov", "17 Nov"]);
});

Deno.test("the times of all calendars have few ticks", () => {
  for (const power of [0, 2, 4, 6, 8, 10, 12]) {
    assert(timeTicks(-(10 ** power), 10 ** power).length <= 8);
  }
});
