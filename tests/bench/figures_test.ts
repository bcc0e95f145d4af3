import { describe, median, type Series } from "../../scripts/bench/_figures.ts";
import type { Goal, Workload } from "../../scripts/bench/_workload.ts";
import { assertEquals, assertThrows } from "../_assert.ts";

const SERIES: readonly Series[] = [
  { name: "bare", values: [100, 300, 200], peaks: [] },
  { name: "papyra, small", isPapyra: true, values: [90, 150, 160], peaks: [80e6, 90e6, 70e6] },
  { name: "papyra, large", isPapyra: true, values: [10, 30, 20], peaks: [151e6, 149e6, 140e6] },
];

function workload(...goals: Goal[]): Workload {
  return { name: "Append", unit: "records/s", about: "", variants: [], goals };
}

Deno.test("median() is the middle, or between the two in the middle", () => {
  assertEquals(median([9, 1, 5]), 5);
  assertEquals(median([4, 1, 10, 2]), 3);
});

Deno.test("describe() forms ratios within rounds", () => {
  const [bare, small] = describe(workload(), SERIES).variants;
  assertEquals(bare, {
    name: "bare",
    values: [100, 300, 200],
    median: 200,
    spread: 0.5,
    ratio: 1,
    peakBytes: null,
  });
  // 0.9, 0.5 and 0.8: not what the medians' ratio is, 0.75.
  assertEquals(small!.ratio, 0.8);
  assertEquals(small!.peakBytes, 90e6);
});

Deno.test("describe() judges goals by values and by ratios", () => {
  const goals: Goal[] = [
    { of: "papyra, small", against: "bare", atLeast: 0.8 },
    { of: "papyra, small", against: "bare", atLeast: 0.81 },
    { of: "bare", atMost: 200 },
    { of: "bare", atMost: 199 },
  ];
  const verdicts = describe(workload(...goals), SERIES.slice(0, 2)).goals.slice(0, goals.length);
  assertEquals(verdicts.map(({ reached, isReached }) => [reached, isReached]), [
    [0.8, true],
    [0.8, false],
    [200, true],
    [200, false],
  ]);
});

Deno.test("describe() holds the most memory of any variant of ours against its limit", () => {
  const goalOf = (series: readonly Series[]) => describe(workload(), series).goals;
  assertEquals(goalOf(SERIES), [
    { of: "papyra, large", figure: "peak", atMost: 150e6, reached: 151e6, isReached: false },
  ]);
  assertEquals(goalOf(SERIES.slice(0, 2)), [
    { of: "papyra, small", figure: "peak", atMost: 150e6, reached: 90e6, isReached: true },
  ]);
  assertEquals(goalOf(SERIES.slice(0, 1)), []);
});

Deno.test("describe() refuses a goal of nothing", () => {
  const goal: Goal = { of: "papyra, small", against: "bear", atLeast: 1 };
  assertThrows(() => describe(workload(goal), SERIES), Error, '"bear", which is no variant');
});
