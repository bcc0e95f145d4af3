import {
  comparePartNames,
  looksLikePart,
  parsePartName,
  type PartName,
  segmentName,
} from "../../lib/storage/part_names.ts";
import { assertEquals } from "../_assert.ts";

const STORE = "events.ndjson";

/** What a name is, and whether it looks like one of the store's that it is not. */
const NAMES: readonly (readonly [suffix: string, role: string | null, looksLike?: boolean])[] = [
  ["", "active 0"],
  [".0000000000000001", "sealed 1"],
  [".0999999999999999", "sealed 999999999999999"],
  // A time in microseconds.
  [".1700000000123456", null, true],
  [".0000000000000042.gz", "sealed 42 gzip"],
  [".0000000000000042.zst", "sealed 42 zstd"],
  [".1", "rotated 1"],
  [".999999", "rotated 999999"],
  [".0", null, true],
  [".01", null, true],
  [".1000000", null, true],
  [".000000000000001", null, true],
  [".00000000000000001", null, true],
  [".0000000000000001.bak", null, true],
  [".0000000000000042.gz.part", null, true],
  [".0000000000000042.", null, true],
  [".1.gz", null, true],
  [".1~", null, true],
  [".1x", null],
  [".bak", null],
  [".tmp.1", null],
  [".", null],
  ["x", null],
  ["-0000000000000001", null],
];

for (const [suffix, role, looksLike = false] of NAMES) {
  const what = role ??
    (looksLike ? "something like a part of the store" : "nothing of the store's");
  Deno.test(`a name that ends in "${suffix}" is ${what}`, () => {
    const found = parsePartName(STORE, STORE + suffix);
    const { compression } = found ?? {};
    const form = compression ? ` ${compression}` : "";
    assertEquals(found && `${found.role} ${found.number}${form}`, role);
    assertEquals(looksLikePart(STORE, STORE + suffix), looksLike);
  });
}

Deno.test("a name of another store is none of this one's", () => {
  for (const name of ["other.ndjson", "other.ndjson.1", "xevents.ndjson", "events", ""]) {
    assertEquals([parsePartName(STORE, name), looksLikePart(STORE, name)], [null, false], name);
  }
});

Deno.test("the name of a segment tells its first number, as high as that may come", () => {
  for (const seq of [1, 42, 10 ** 15 - 1]) {
    for (const compression of [null, "gzip", "zstd"] as const) {
      const name = segmentName(STORE, seq, compression);
      const expected = { name, role: "sealed", number: seq, compression } as const;
      assertEquals(parsePartName(STORE, name), expected);
    }
  }
});

Deno.test("the original's oldest file has the highest number, and the active file comes last", () => {
  const order = [".10", ".9", ".1", ".0000000000000001", ".0000000000000010", ""];
  const names = order.map((suffix) => parsePartName(STORE, STORE + suffix)!);
  const suffixOf = ({ name }: PartName) => name.slice(STORE.length);
  assertEquals(names.toReversed().sort(comparePartNames).map(suffixOf), order);
  assertEquals(names.toSorted(comparePartNames).map(suffixOf), order);
});

Deno.test("of the forms of a segment the plain one comes first", () => {
  const forms = ["", ".zst", ".gz"].map((form) =>
    parsePartName(STORE, `${STORE}.0000000000000042${form}`)!
  );
  const next = parsePartName(STORE, `${STORE}.0000000000000043.gz`)!;
  assertEquals([next, ...forms.toReversed()].sort(comparePartNames), [...forms, next]);
});
