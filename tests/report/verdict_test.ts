import { assertEquals } from "../_assert.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import type { Anomaly } from "../../lib/model/anomaly.ts";
import type { ScanReport } from "../../lib/model/report.ts";
import { anomalyReport } from "../../lib/report/anomaly_places.ts";
import type { DiskForecast } from "../../lib/report/store_report.ts";
import { verdictOn } from "../../lib/report/verdict.ts";

const NOW = 1_700_000_000;
const DAY = 86_400;
const DISK: DiskForecast = {
  freeBytes: 1e9,
  bytesPerDay: 1e6,
  windowSeconds: 7 * DAY,
  fullAt: NOW + 1000 * DAY,
  gap: null,
  sentence: "",
};
const PLACED = { offset: 0, length: 1, line: 1, seq: null, reason: "r" } as const;
const WARNING: Anomaly = {
  ...PLACED,
  code: "UNKNOWN_KIND",
  severity: "warning",
  file: "/a",
  next: "",
};
const ERROR: Anomaly = {
  ...PLACED,
  code: "NUL_PADDING",
  severity: "error",
  file: "/b/c",
  next: "papyra persistence recover",
};

async function verdict(anomalies: readonly Anomaly[], disk: Partial<DiskForecast> = {}) {
  await using store = new InMemoryPersistence();
  await store.recordEvent({ eventType: "A" });
  const scan: ScanReport = {
    ...await store.scan(),
    healthy: anomalies.every(({ severity }) => severity === "warning"),
    anomalies,
    anomaliesTotal: anomalies.length,
    anomalyCounts: Object.fromEntries(anomalies.map(({ code }) => [code, 1])),
    bytes: 99,
  };
  return verdictOn(scan, anomalyReport(scan), { ...DISK, ...disk }, NOW);
}

const CASES: readonly (readonly [Awaited<ReturnType<typeof verdict>>, string, string])[] = [
  [await verdict([]), "healthy", "The store is healthy: 1 record in 99 B, nothing damaged."],
  [
    await verdict([WARNING]),
    "attention",
    "The store is healthy, but 1 warning should be looked at.",
  ],
  [
    await verdict([], { fullAt: NOW + 3 * DAY }),
    "attention",
    "The store is healthy, but its disk is full in 3 days at this rate.",
  ],
  [
    await verdict([WARNING, WARNING], { freeBytes: 0, fullAt: NOW }),
    "attention",
    "The store is healthy, but 2 warnings should be looked at, and its disk is full.",
  ],
  [await verdict([WARNING, ERROR]), "damaged", "The store is damaged: 2 anomalies in c."],
];

for (const [{ state, sentence }, expectedState, expected] of CASES) {
  Deno.test(expected, () => assertEquals([state, sentence], [expectedState, expected]));
}

Deno.test("the verdict names the command for the first error, not for a warning before it", async () => {
  assertEquals((await verdict([WARNING, ERROR])).next, "papyra persistence recover");
});
