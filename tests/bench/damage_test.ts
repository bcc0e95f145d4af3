import { join } from "node:path";
import { damageLines } from "../../scripts/bench/_damage.ts";
import { assertEquals } from "../_assert.ts";
import { tempTest } from "../_temp.ts";

tempTest(
  "damageLines() flips a bit in every so manieth line, and nothing else",
  async (directory) => {
    const path = join(directory, "lines");
    const line = "a line of some length";
    await Deno.writeTextFile(path, `${line}\n`.repeat(8));
    damageLines(path, 3);
    // Begins behind the last one.
    damageLines(path, 9);
    const damaged = "a line of rome length";
    assertEquals(
      await Deno.readTextFile(path),
      [
        ...[line, line, damaged],
        ...[line, line, damaged],
        ...[line, line, ""],
      ].join("\n"),
    );
  },
);
