import { assertEquals } from "../_assert.ts";
import {
  counted,
  formatCount,
  formatExpected,
  formatMoment,
  formatSpan,
} from "../../lib/report/wording.ts";

const NOW = 1_700_000_000;
const DAY = 86_400;

Deno.test("numbers have separators, and things their plural", () => {
  assertEquals([0, 999, 1000, 1_234_567, 1e300].map(formatCount), [
    "0",
    "999",
    "1,000",
    "1,234,567",
    "1.0e+300",
  ]);
  assertEquals(counted(1, "record"), "1 record");
  assertEquals(counted(2000, "anomaly", "anomalies"), "2,000 anomalies");
});

Deno.test("spans are told in the largest unit of which there are two", () => {
  const spans = [1, 119, 120, 7199, 7200, 2 * DAY - 1, 2 * DAY, 800 * DAY];
  assertEquals(spans.map(formatSpan), [
    "1 second",
    "119 seconds",
    "2 minutes",
    "120 minutes",
    "2 hours",
    "48 hours",
    "2 days",
    "2 years",
  ]);
});

Deno.test("what lies far ahead is told less closely", () => {
  assertEquals(formatMoment(NOW), "2023-11-14 22:13 UTC");
  const expected = [DAY, 30 * DAY, 3000 * DAY].map((ahead) => formatExpected(NOW + ahead, NOW));
  assertEquals(expected, ["2023-11-15 22:13 UTC", "2023-12-14", "2032"]);
});
