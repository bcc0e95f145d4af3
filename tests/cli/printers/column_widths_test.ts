import { fitWidths, GAP } from "../../../lib/cli/printers/column_widths.ts";
import { assert, assertEquals } from "../../_assert.ts";

const CUT = [false, true, true, true];

Deno.test("fitWidths() leaves what fits as it is", () => {
  assertEquals(fitWidths([3, 10, 20, 30], CUT, 3 + 10 + 20 + 30 + 3 * GAP.length), [3, 10, 20, 30]);
  assertEquals(fitWidths([3, 10, 20, 30], CUT, Infinity), [3, 10, 20, 30]);
});

Deno.test("fitWidths() cuts the last first, then the widest, and none that must stay whole", () => {
  assertEquals(fitWidths([3, 10, 20, 30], CUT, 68), [3, 10, 20, 29]);
  assertEquals(fitWidths([3, 10, 20, 30], CUT, 47), [3, 10, 20, 8]);
  assertEquals(fitWidths([3, 10, 20, 30], CUT, 42), [3, 10, 15, 8]);
  assertEquals(fitWidths([3, 10, 20, 30], CUT, 33), [3, 8, 8, 8]);
  assertEquals(fitWidths([3, 10, 20, 2], CUT, 33), [3, 10, 12, 2]);
  assertEquals(fitWidths([30, 10], [false, true], 37), [30, 5]);
  assertEquals(fitWidths([10, 30], [true, false], 37), [5, 30]);
});

Deno.test("fitWidths() fills the room, as long as something can be seen of each column", () => {
  for (let room = 21; room < 80; room++) {
    const widths = fitWidths([3, 10, 20, 30], CUT, room);
    const taken = widths.reduce((sum, width) => sum + width) + 3 * GAP.length;
    assert(taken <= room && taken > Math.min(69, room) - 3, `${room}: ${widths}`);
  }
  assertEquals(fitWidths([3, 10, 20, 30], CUT, 5), [3, 4, 4, 4]);
});
