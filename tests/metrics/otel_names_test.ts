import { assertEquals } from "../_assert.ts";
import { EMPTY_GAUGES, everyFamily } from "../../lib/metrics/families.ts";
import { makeSnapshot } from "../../lib/metrics/make_snapshot.ts";
import { instrumentName } from "../../lib/metrics/otel_names.ts";
import { NO_TOTALS } from "../../lib/metrics/share.ts";

const UNITS: Record<string, string> = { s: "_seconds", By: "_bytes", "": "" };

Deno.test("a collector makes the names of Prometheus of those of OpenTelemetry", () => {
  const families = everyFamily(makeSnapshot({
    store: "memory:",
    backend: "B",
    takenAt: 0,
    totals: NO_TOTALS,
    unsavedReason: null,
    gauges: EMPTY_GAUGES,
  }));
  const made = families.map((family) => {
    const { name, unit } = instrumentName(family);
    const suffix = family.type === "counter" ? "_total" : "";
    return `${name.replaceAll(".", "_")}${UNITS[unit]}${suffix}`;
  });
  assertEquals(made, families.map(({ name }) => name));
  assertEquals(new Set(families.map((family) => instrumentName(family).name)).size, made.length);
});
