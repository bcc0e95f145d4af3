import { assertEquals } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { torture } from "./torture.ts";

const ROUNDS = 20;
const CALM_SCANS = 50;

tempTest(
  "processes killed at any moment lose nothing and leave nothing behind",
  async (directory) => {
    const report = await torture({
      directory,
      rounds: ROUNDS,
      calmScans: CALM_SCANS,
      seed: Math.floor(Math.random() * 2 ** 31),
    });
    assertEquals(report.falseAlarms, []);
    const { acknowledged, retired, found, unacknowledged } = report;
    assertEquals(retired + found - unacknowledged, acknowledged);
  },
);
