/**
 * Whole numbers as decimal digits, without a text in between.
 *
 * @module
 */

const DIGIT_0 = 0x30;
// Larger numbers are not divided in registers.
const REGISTER_LIMIT = 2 ** 31;

/** How many digits a number has. */
export function decimalDigits(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return digits;
}

/** Writes the digits of a number; returns their end. */
export function writeDecimal(buffer: Uint8Array, at: number, value: number): number {
  const end = at + decimalDigits(value);
  let digit = end - 1;
  let rest = value;
  for (; rest >= REGISTER_LIMIT; digit--) {
    buffer[digit] = DIGIT_0 + rest % 10;
    rest = Math.floor(rest / 10);
  }
  for (let small = rest | 0; digit >= at; digit--) {
    const tenth = small / 10 | 0;
    buffer[digit] = DIGIT_0 + small - tenth * 10;
    small = tenth;
  }
  return end;
}
