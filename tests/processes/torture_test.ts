import { assertEquals } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { torture, TORTURED_STORES } from "./torture.ts";

const ROUNDS = 12;
const CALM_SCANS = 25;

for (const store of TORTURED_STORES) {
  tempTest(
    `processes killed at any moment lose nothing of a store ${store}, and leave nothing behind`,
    async (directory) => {
      const report = await torture({
        directory,
        store,
        rounds: ROUNDS,
        calmScans: CALM_SCANS,
        seed: Math.floor(Math.random() * 2 ** 31),
      });
      assertEquals(report.falseAlarms, []);
      const { acknowledged, retired, found, unacknowledged } = report;
      assertEquals(retired + found - unacknowledged, acknowledged);
    },
  );
}
