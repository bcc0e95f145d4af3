import { addSnapshots, COUNTER_NAMES, emptySnapshot } from "../../lib/metrics/snapshot.ts";
import { assertEquals } from "../_assert.ts";

Deno.test("COUNTER_NAMES holds the original's ten, two that it only documented, and those of rotation", () => {
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
  const added = ["records_read", "read_errors", "rotations", "rotation_errors"];
  assertEquals([...COUNTER_NAMES].sort(), [...original, ...added].sort());
});

Deno.test("addSnapshots() adds counter by counter and changes neither", () => {
  const one = { ...emptySnapshot(), scans: 1, records_read: 5 };
  const other = { ...emptySnapshot(), scans: 2 };
  assertEquals(addSnapshots(one, other), { ...emptySnapshot(), scans: 3, records_read: 5 });
  assertEquals([one.scans, other.scans], [1, 2]);
});
