import type { RecoveryConfig } from "../../lib/backend/backend.ts";
import { checkRecovery } from "../../lib/backend/checked_recovery.ts";
import { PapyraError } from "../../lib/errors.ts";
import { assertEquals, assertThrows } from "../_assert.ts";

Deno.test("checkRecovery() repairs where nothing is said", () => {
  assertEquals(checkRecovery({}), { mode: "repair", quarantineDir: null, ackDangling: false });
});

Deno.test("checkRecovery() reads modes in any case", () => {
  const config = { mode: "QUARANTINE", quarantineDir: "aside" } as unknown as RecoveryConfig;
  assertEquals(checkRecovery(config), {
    mode: "quarantine",
    quarantineDir: "aside",
    ackDangling: false,
  });
});

Deno.test("checkRecovery() wants a directory for quarantine, and only there", () => {
  const configs: RecoveryConfig[] = [
    { mode: "quarantine" },
    { mode: "quarantine", quarantineDir: "" },
    { quarantineDir: "aside" },
    { mode: "ignore", quarantineDir: "aside" },
  ];
  for (const config of configs) {
    const error = assertThrows(() => checkRecovery(config), PapyraError);
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});
