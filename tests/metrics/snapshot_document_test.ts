import { emptySnapshot } from "../../lib/metrics/snapshot.ts";
import { snapshotFromObject } from "../../lib/metrics/snapshot_document.ts";
import { assertEquals } from "../_assert.ts";

Deno.test("snapshotFromObject() reads what is there, and zero for what is missing", () => {
  assertEquals(snapshotFromObject(null), emptySnapshot());
  assertEquals(snapshotFromObject({ scans: 2, format: 1 }), { ...emptySnapshot(), scans: 2 });
});

Deno.test("snapshotFromObject() reads zero for what is no count", () => {
  const object = { scans: -1, recoveries: "3", compactions: NaN, records_read: null };
  assertEquals(snapshotFromObject(object), emptySnapshot());
});
