/**
 * What bad luck does to a file: a table of damages, and random ones.
 *
 * @module
 */

import fc from "fast-check";

/** One damage. Places and lines are taken modulo what is there. */
export type Damage =
  | { readonly does: "flip"; readonly at: number; readonly bit: number }
  | { readonly does: "cut" | "zero"; readonly at: number; readonly length: number }
  | { readonly does: "insert"; readonly at: number; readonly bytes: readonly number[] }
  /** A range stands once more, elsewhere or right behind itself. */
  | { readonly does: "copy"; readonly from: number; readonly length: number; readonly at: number }
  /** A range stands in the place of another one, as after a misdirected write. */
  | {
    readonly does: "overwrite";
    readonly from: number;
    readonly length: number;
    readonly at: number;
  }
  | { readonly does: "swap"; readonly one: number; readonly other: number; readonly length: number }
  | { readonly does: "truncate"; readonly at: number }
  | { readonly does: "dropNewline" | "dropLine"; readonly line: number }
  | { readonly does: "copyLine" | "moveLine"; readonly line: number; readonly to: number };

type DamageOf<D extends Damage["does"]> = Extract<Damage, { readonly does: D }>;

const APPLY: { readonly [D in Damage["does"]]: (file: number[], damage: DamageOf<D>) => number[] } =
  {
    flip: (file, { at, bit }) =>
      file.map((byte, index) => index === at % file.length ? byte ^ (1 << bit) : byte),
    cut: (file, { at, length }) => file.toSpliced(placeIn(file, at), length),
    zero: (file, { at, length }) => {
      const from = placeIn(file, at);
      return file.map((byte, index) => index >= from && index < from + length ? 0 : byte);
    },
    insert: (file, { at, bytes }) => file.toSpliced(placeIn(file, at), 0, ...bytes),
    copy: (file, { from, length, at }) =>
      file.toSpliced(placeIn(file, at), 0, ...rangeOf(file, from, length)),
    overwrite: (file, { from, length, at }) => {
      const range = rangeOf(file, from, length);
      return file.toSpliced(placeIn(file, at), range.length, ...range);
    },
    swap: (file, { one, other, length }) => {
      const [first, second] = [placeIn(file, one), placeIn(file, other)].sort((a, b) => a - b);
      const count = Math.min(length, second! - first!, file.length - second!);
      return [
        ...file.slice(0, first),
        ...file.slice(second, second! + count),
        ...file.slice(first! + count, second),
        ...file.slice(first, first! + count),
        ...file.slice(second! + count),
      ];
    },
    truncate: (file, { at }) => file.slice(0, placeIn(file, at)),
    dropNewline: (file, { line }) => {
      const newlines = file.flatMap((byte, index) => byte === 0x0a ? [index] : []);
      return newlines.length === 0 ? file : file.toSpliced(newlines[line % newlines.length]!, 1);
    },
    dropLine: (file, { line }) => ofLines(file, (lines) => lines.toSpliced(line % lines.length, 1)),
    copyLine: (file, { line, to }) =>
      ofLines(file, (lines) => {
        const copied = lines[line % lines.length]!;
        return lines.toSpliced(to % (lines.length + 1), 0, copied);
      }),
    moveLine: (file, { line, to }) =>
      ofLines(file, (lines) => {
        const moved = lines[line % lines.length]!;
        const rest = lines.toSpliced(line % lines.length, 1);
        return rest.toSpliced(to % lines.length, 0, moved);
      }),
  };

/** Does all that to a file, one after another. */
export function damaged(file: Uint8Array, damages: readonly Damage[]): Uint8Array {
  let bytes = [...file];
  for (const damage of damages) {
    const apply = APPLY[damage.does] as (file: number[], damage: Damage) => number[];
    if (bytes.length > 0) bytes = apply(bytes, damage);
  }
  return new Uint8Array(bytes);
}

function placeIn(file: readonly number[], at: number): number {
  return at % (file.length + 1);
}

function rangeOf(file: readonly number[], from: number, length: number): number[] {
  const start = placeIn(file, from);
  return file.slice(start, start + length);
}

function ofLines(file: readonly number[], change: (lines: number[][]) => number[][]): number[] {
  const lines: number[][] = [[]];
  for (const byte of file) {
    lines.at(-1)!.push(byte);
    if (byte === 0x0a) lines.push([]);
  }
  if (lines.at(-1)!.length === 0) lines.pop();
  return change(lines).flat();
}

const JUNK = ["\n", "\n\n", "\0", "\0\0\0\0", "\r", '"', '"}', "}", ",", " ", '{"kind":"', "J"]
  .concat([',"crc":"', ',"seq":7', "\ufeff", "x\ny", "\\", "[", '{"kind": "event"}', "NaN"]);

const place = fc.nat();
const line = fc.nat({ max: 30 });
const length = fc.oneof(
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 1, max: 60 }),
  fc.integer({ min: 1, max: 500 }),
);
const bytes = fc.oneof(
  fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 8 }),
  fc.constantFrom(...JUNK).map((text) => [...new TextEncoder().encode(text)]),
);

/** A random damage. */
export const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 4, arbitrary: shape({ does: one("flip"), at: place, bit: fc.nat({ max: 7 }) }) },
  { weight: 3, arbitrary: shape({ does: one("cut"), at: place, length }) },
  { weight: 2, arbitrary: shape({ does: one("zero"), at: place, length }) },
  { weight: 3, arbitrary: shape({ does: one("insert"), at: place, bytes }) },
  { weight: 2, arbitrary: shape({ does: one("copy"), from: place, length, at: place }) },
  { weight: 2, arbitrary: shape({ does: one("overwrite"), from: place, length, at: place }) },
  { weight: 2, arbitrary: shape({ does: one("swap"), one: place, other: place, length }) },
  { weight: 2, arbitrary: shape({ does: one("truncate"), at: place }) },
  { weight: 2, arbitrary: shape({ does: one("dropNewline"), line }) },
  { weight: 1, arbitrary: shape({ does: one("dropLine"), line }) },
  { weight: 1, arbitrary: shape({ does: one("copyLine"), line, to: line }) },
  { weight: 1, arbitrary: shape({ does: one("moveLine"), line, to: line }) },
);

/** Random faults of the kind that befalls a store by itself: one of them, or some lost newlines. */
export const anyFault: fc.Arbitrary<readonly Damage[]> = fc.oneof(
  {
    weight: 4,
    arbitrary: alone(shape({ does: one("flip"), at: place, bit: fc.nat({ max: 7 }) })),
  },
  { weight: 1, arbitrary: alone(shape({ does: one("truncate"), at: place })) },
  { weight: 1, arbitrary: alone(shape({ does: one("zero"), at: place, length })) },
  {
    weight: 1,
    arbitrary: fc.array(shape({ does: one("dropNewline"), line }), { maxLength: 5 }),
  },
);

function alone(damage: fc.Arbitrary<Damage>): fc.Arbitrary<readonly Damage[]> {
  return damage.map((only) => [only]);
}

function one<const D extends Damage["does"]>(does: D): fc.Arbitrary<D> {
  return fc.constant(does);
}

function shape<T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(members) as fc.Arbitrary<T>;
}
