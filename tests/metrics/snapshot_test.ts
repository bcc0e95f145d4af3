import { addSnapshots, COUNTER_NAMES, emptySnapshot } from "../../lib/metrics/snapshot.ts";
import { assertEquals } from "../_assert.ts";

Deno.test("COUNTER_NAMES holds the original's ten and the two that it only documented", () => {
  const original = [
    "records_written",
    "bytes_written",
    "scans",
    "anomalies_detected",
    "recoveries",
    "compactions",
    "write_errors",
    "scan_errors",
    "recovery_errors",
    "compaction_errors",
  ];
  assertEquals([...COUNTER_NAMES].sort(), [...original, "records_read", "read_errors"].sort());
});

Deno.test("addSnapshots() adds counter by counter and changes neither", () => {
  const one = { ...emptySnapshot(), scans: 1, records_read: 5 };
  const other = { ...emptySnapshot(), scans: 2 };
  assertEquals(addSnapshots(one, other), { ...emptySnapshot(), scans: 3, records_read: 5 });
  assertEquals([one.scans, other.scans], [1, 2]);
});
