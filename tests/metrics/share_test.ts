import { addShares, checkedShare, EMPTY_SHARE } from "../../lib/metrics/share.ts";
import { assertEquals } from "../_assert.ts";

Deno.test("addShares() adds counts, replaces marks, and changes neither", () => {
  const one = { counts: { scans: 1, records_read: 5 }, marks: { "scan.at": 9, "recovery.at": 1 } };
  const other = { counts: { scans: 2 }, marks: { "scan.at": 3 } };
  assertEquals(addShares(one, other), {
    counts: { scans: 3, records_read: 5 },
    // The later one, also where a clock was put back in between.
    marks: { "scan.at": 3, "recovery.at": 1 },
  });
  assertEquals([one.counts.scans, other.counts.scans], [1, 2]);
});

Deno.test("checkedShare() takes nothing but known names and whole numbers", () => {
  const bad = { scans: -1, recoveries: "3", compactions: NaN, records_read: 0.5, unheard_of: 1 };
  const inherited = JSON.parse('{"__proto__":{"scans":99},"constructor":1,"toString":2}');
  for (const counts of [bad, inherited]) {
    assertEquals(checkedShare(counts, { "scan.at": "x", "scan.is": 1 }), EMPTY_SHARE);
  }
  assertEquals(checkedShare({ scans: 2 }, { "scan.at": 1.5 }), {
    counts: { scans: 2 },
    marks: { "scan.at": 1.5 },
  });
});
