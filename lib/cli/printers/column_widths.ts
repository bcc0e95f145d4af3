/**
 * How wide the columns of a table are.
 *
 * @module
 */

/** Between two columns. */
export const GAP = "  ";

// Below this, a cut text says nothing, and the row's end is cut instead.
const CUT_WIDTH_MIN = 4;
const LAST_WIDTH_MIN = 8;

/** Widths that fit into `widthMax` together where that can be: the last gives way, then the widest. */
export function fitWidths(
  wanted: readonly number[],
  mayBeCut: readonly boolean[],
  widthMax: number,
): number[] {
  const last = wanted.length - 1;
  const fixed = wanted.filter((_, index) => !mayBeCut[index]);
  const room = widthMax - GAP.length * last - sumOf(fixed);
  const free = wanted.filter((_, index) => mayBeCut[index] && index !== last);
  const lastMin = mayBeCut[last] ? Math.min(wanted[last]!, LAST_WIDTH_MIN) : 0;
  const level = waterLevel(free, room - lastMin);
  const left = room - sumOf(free.map((width) => Math.min(width, level)));
  return wanted.map((width, index) => {
    if (!mayBeCut[index]) return width;
    return Math.min(width, index === last ? Math.max(CUT_WIDTH_MIN, left) : level);
  });
}

/** The width down to which the widest are cut so that all fit into `room`. */
function waterLevel(widths: readonly number[], room: number): number {
  let left = room;
  let count = widths.length;
  for (const width of widths.toSorted((one, other) => one - other)) {
    if (width * count > left) return Math.max(CUT_WIDTH_MIN, Math.floor(left / count));
    left -= width;
    count--;
  }
  return Infinity;
}

function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0);
}
