import { assert, assertEquals } from "../_assert.ts";
import { COMMAND_GROUPS, COMMANDS } from "../../lib/cli/command_table.ts";
import { EXIT, EXIT_MEANINGS, exitCodeOf } from "../../lib/cli/exit_codes.ts";
import { PapyraError } from "../../lib/errors.ts";

Deno.test("an option takes a value in every command or in none", () => {
  const hasValue = new Map<string, boolean>();
  for (const { options } of COMMANDS) {
    for (const [name, { placeholder }] of Object.entries(options)) {
      assertEquals(hasValue.get(name) ?? placeholder !== null, placeholder !== null, name);
      hasValue.set(name, placeholder !== null);
    }
  }
});

Deno.test("commands have names of their own, of at most two words", () => {
  const names = COMMANDS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const name of names) {
    const [first, ...rest] = name.split(" ");
    assertEquals(COMMAND_GROUPS.some((group) => group.name === first), rest.length === 1, name);
  }
});

Deno.test("summaries are short enough for a terminal and end without a full stop", () => {
  for (const { name, summary, options } of COMMANDS) {
    const all = [summary, ...Object.values(options).map((option) => option.summary)];
    for (const text of all) assert(text.length <= 90 && !text.endsWith("."), `${name}: ${text}`);
  }
});

Deno.test("every exit code has a meaning, and only anomalies have 1, 2 and 3", () => {
  assertEquals(
    Object.keys(EXIT_MEANINGS).map(Number),
    Object.values(EXIT).toSorted((one, other) => one - other),
  );
  for (const code of ["INVALID_ARGUMENT", "INVALID_CONFIG", "IO_ERROR", "BUSY"] as const) {
    assert(exitCodeOf(new PapyraError(code, "")) > 3, code);
  }
  assertEquals(exitCodeOf(new TypeError("x is undefined")), EXIT.DEFECT);
  assertEquals(exitCodeOf(Object.assign(new Error("full"), { code: "ENOSPC" })), EXIT.IO);
});
