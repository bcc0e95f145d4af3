import { decimalDigits, writeDecimal } from "../../../lib/storage/lines/decimal.ts";
import { assertEquals } from "../../_assert.ts";
import { textOf } from "../lines.ts";

const POWERS = Array.from({ length: 16 }, (_, power) => 10 ** power);
const NUMBERS = [
  0,
  2 ** 31,
  2 ** 32,
  1_234_567_890_123_456,
  Number.MAX_SAFE_INTEGER,
  ...POWERS,
].flatMap((number) => [number - 1, number, number + 1])
  .filter((number) => number >= 0 && Number.isSafeInteger(number));

Deno.test("writeDecimal() writes what a text would say, and nothing beside it", () => {
  for (const number of NUMBERS) {
    const buffer = new Uint8Array(20).fill(0x2e);
    const end = writeDecimal(buffer, 2, number);
    assertEquals(textOf(buffer), `..${number}`.padEnd(20, "."));
    assertEquals(end - 2, decimalDigits(number));
  }
});
