import { Counters } from "../../lib/metrics/counters.ts";
import { counterPlace } from "../../lib/metrics/series.ts";
import { EMPTY_SHARE } from "../../lib/metrics/share.ts";
import { assertEquals } from "../_assert.ts";

const SCANS = counterPlace("scans");

Deno.test("Counters add up until they are taken", () => {
  const counters = new Counters();
  assertEquals(counters.peek(), EMPTY_SHARE);
  counters.add(SCANS, 1);
  counters.add(counterPlace("bytes_written"), 100);
  counters.mark({ "scan.at": 7 });
  const expected = { counts: { scans: 1, bytes_written: 100 }, marks: { "scan.at": 7 } };
  assertEquals([counters.peek(), counters.take()], [expected, expected]);
  assertEquals(counters.take(), EMPTY_SHARE);
});

Deno.test("what is put back is added, and does not undo what was marked since", () => {
  const counters = new Counters();
  counters.add(SCANS, 2);
  counters.mark({ "scan.at": 8 });
  counters.putBack({ counts: { scans: 3, unheard_of: 1 }, marks: { "scan.at": 7 } });
  assertEquals(counters.take(), { counts: { scans: 5 }, marks: { "scan.at": 8 } });
});

Deno.test("a value falls into the bucket whose bound it does not pass, and sums are exact", () => {
  const counters = new Counters();
  for (const value of [1, 2, 2.5, 60_000]) counters.observe("batch_records", value);
  for (let count = 0; count < 10; count++) counters.observe("sync_seconds", 0.1);
  assertEquals(counters.peek().counts, {
    "batch_records.0": 1,
    "batch_records.1": 1,
    "batch_records.2": 1,
    "batch_records.14": 1,
    "batch_records.sum": 60_006,
    "sync_seconds.10": 10,
    "sync_seconds.sum": 1_000_000,
  });
});

Deno.test("a duration below zero, or none at all, counts as zero", () => {
  const counters = new Counters();
  for (const value of [-3600, NaN]) counters.observe("scan_seconds", value);
  assertEquals(counters.peek().counts, { "scan_seconds.0": 2 });
});
