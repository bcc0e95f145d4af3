import { PapyraError } from "../../lib/errors.ts";
import { parseDurability, parseMode, RECOVERY_MODES, STARTUP_MODES } from "../../lib/model/mode.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../_assert.ts";

Deno.test("parseMode() reads names in any case, with a hyphen or an underscore", () => {
  assertEquals(parseMode("Repair", RECOVERY_MODES, "recovery mode"), "repair");
  assertEquals(parseMode(" SCAN-ONLY ", STARTUP_MODES, "startup mode"), "scan_only");
  assertEquals(parseMode("fail_On-anomaly", STARTUP_MODES, "startup mode"), "fail_on_anomaly");
});

Deno.test("parseMode() names the modes there are", () => {
  const error = assertThrows(() => parseMode("mend", RECOVERY_MODES, "recovery mode"), PapyraError);
  assertEquals(error.code, "INVALID_ARGUMENT");
  assertStringIncludes(error.message, 'recovery mode "mend": use one of ignore, repair');
});

Deno.test("parseDurability() reads the three forms", () => {
  assertEquals(parseDurability("ALWAYS"), "always");
  assertEquals(parseDurability("os"), "os");
  assertEquals(parseDurability("interval:250"), "interval:250");
});

Deno.test("parseDurability() refuses everything else", () => {
  const texts = ["", "never", "interval", "interval:", "interval:0", "interval:-1", "interval:1.5"];
  for (const text of [...texts, "interval:99999999", "interval:1s"]) {
    const error = assertThrows(() => parseDurability(text), PapyraError);
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});
