/**
 * What bad luck does to the files of a store, each of them or several at once.
 *
 * @module
 */

import fc from "fast-check";
import { anyDamage, anyFault, type Damage, damaged } from "./damage.ts";
import type { StoreFiles } from "./store_files.ts";

/** One damage. Files and numbers are taken modulo what there is. */
export type FileDamage =
  /** Something happens within a file. */
  | { readonly does: "within"; readonly file: number; readonly damages: readonly Damage[] }
  | { readonly does: "delete" | "empty"; readonly file: number }
  /** Two files change their names. */
  | { readonly does: "swapFiles"; readonly one: number; readonly other: number }
  /** A file stands there once more, or only, as a segment of another number. */
  | { readonly does: "copyFile" | "moveFile"; readonly file: number; readonly number: number };

const NUMBER_DIGITS = 16;

/** Does all that to a store, one after another. */
export function damagedFiles(files: StoreFiles, damages: readonly FileDamage[]): StoreFiles {
  return damages.reduce((left, damage) => {
    const suffixes = Object.keys(left);
    return suffixes.length === 0 ? left : applied(left, suffixes, damage);
  }, files);
}

function applied(files: StoreFiles, suffixes: readonly string[], damage: FileDamage): StoreFiles {
  const named = (index: number): string => suffixes[index % suffixes.length]!;
  if (damage.does === "swapFiles") {
    const [one, other] = [named(damage.one), named(damage.other)];
    return { ...files, [one]: files[other]!, [other]: files[one]! };
  }
  const suffix = named(damage.file);
  const bytes = files[suffix]!;
  switch (damage.does) {
    case "within":
      return { ...files, [suffix]: damaged(bytes, damage.damages) };
    case "empty":
      return { ...files, [suffix]: new Uint8Array(0) };
    case "delete":
      return without(files, suffix);
    case "copyFile":
      return { ...files, [segmentSuffix(damage.number)]: bytes };
    case "moveFile":
      return { ...without(files, suffix), [segmentSuffix(damage.number)]: bytes };
  }
}

function without(files: StoreFiles, suffix: string): StoreFiles {
  return Object.fromEntries(Object.entries(files).filter(([name]) => name !== suffix));
}

function segmentSuffix(number: number): string {
  return `.${String(number).padStart(NUMBER_DIGITS, "0")}`;
}

const file = fc.nat({ max: 8 });
const number = fc.integer({ min: 1, max: 20 });

/** A random damage within a file. */
export const anyWithin: fc.Arbitrary<FileDamage> = fc.record({
  does: fc.constant("within" as const),
  file,
  damages: fc.array(anyDamage, { minLength: 1, maxLength: 3 }),
});

/** A random damage. */
export const anyFileDamage: fc.Arbitrary<FileDamage> = fc.oneof(
  { weight: 12, arbitrary: anyWithin },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("delete" as const), file }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("empty" as const), file }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant("swapFiles" as const), one: file, other: file }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("copyFile" as const), file, number }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("moveFile" as const), file, number }) },
);

/** Random faults of the kind that befalls one file by itself. */
export const anyFileFault: fc.Arbitrary<readonly FileDamage[]> = fc.record({
  file,
  damages: anyFault,
}).map((fault) => [{ does: "within", ...fault }]);
