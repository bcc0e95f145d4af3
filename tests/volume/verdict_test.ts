import type { VolumeCheck, VolumeDurability } from "../../lib/model/volume_report.ts";
import { failed, ok, unknown, warning } from "../../lib/model/finding.ts";
import { judge } from "../../lib/volume/verdict.ts";
import { assert, assertEquals } from "../_assert.ts";

const NEEDED = new Set(["needed"]);
const FINE: VolumeCheck = { check: "fine", ...ok("") };
const OPEN: VolumeCheck = { check: "open", ...unknown("", "") };
const NOT_TRIED: VolumeCheck = { check: "needed", ...unknown("", "") };

function failing(supports: VolumeDurability): VolumeCheck {
  return { check: "failing", ...failed(supports, "", "") };
}

/** Checks, what they come to, and the durabilities that this is enough for. */
const CASES: readonly (readonly [checks: VolumeCheck[], durability: string, fit: string[]])[] = [
  [[FINE], "always", ["always", "interval", "os"]],
  [[FINE, { check: "warned", ...warning("", "") }], "always", ["always", "interval", "os"]],
  [[FINE, OPEN], "always", ["always", "interval", "os"]],
  [[FINE, failing("interval")], "interval", ["interval", "os"]],
  [[failing("os"), failing("interval")], "os", ["os"]],
  [[failing("none"), failing("os")], "none", []],
  [[FINE, NOT_TRIED], "unknown", []],
  [[NOT_TRIED, failing("os")], "unknown", []],
  [[NOT_TRIED, failing("none")], "none", []],
];

for (const [checks, durability, fit] of CASES) {
  const names = checks.map(({ check, supports }) => `${check} (${supports})`).join(", ");
  Deno.test(`${names} come to ${durability}`, () => {
    for (const asked of ["always", "interval", "os"] as const) {
      const verdict = judge(checks, NEEDED, asked);
      assertEquals([verdict.durability, verdict.asked], [durability, asked]);
      assertEquals(verdict.isFit, fit.includes(asked), asked);
      assert(verdict.verdict !== "");
    }
  });
}
