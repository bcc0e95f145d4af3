import { basename, join } from "node:path";
import { JsonFilePersistence } from "../../../../lib/backends/file/json_file_persistence.ts";
import type { AnomalyCode } from "../../../../lib/model/anomaly.ts";
import { openStore } from "../../../../lib/operations/open_store.ts";
import { assert, assertEquals, assertMatch } from "../../../_assert.ts";
import { openRotating, segmentPath, segmentsOf, writeSegments } from "../_segments.ts";
import { codes, type StoreStage, storeTest } from "../_stores.ts";

const RECORDS = 55;

/** What was done to a store of records 1 to 55, ten to a segment, and what is said of it. */
interface BadSegment {
  readonly name: string;
  readonly put: (stage: StoreStage) => Promise<unknown>;
  /** What a scan finds, and in which file, by what stands behind the store's name. */
  readonly found: readonly (readonly [code: AnomalyCode, file: string])[];
  /** What it says of the first. */
  readonly reason: RegExp;
  /** Records that are not there any more. */
  readonly lost?: readonly [from: number, to: number];
  /** What a repair cannot mend, because only a person knows what it means. */
  readonly left?: readonly AnomalyCode[];
}

const at = (firstSeq: number): string => `.${String(firstSeq).padStart(16, "0")}`;
const pathAt = (stage: StoreStage, suffix: string): string => `${stage.path}${suffix}`;

const BAD_SEGMENTS: readonly BadSegment[] = [
  {
    name: "is missing",
    put: (stage) => Deno.remove(segmentPath(stage, 21)),
    found: [["SEQUENCE_GAP", at(31)]],
    reason: /^records 21 to 30 are missing .*; look for a lost file such as ".*\.0+21"$/,
    lost: [21, 30],
  },
  {
    name: "is missing at the beginning",
    put: (stage) => Deno.remove(segmentPath(stage, 1)),
    found: [["SEQUENCE_GAP", at(11)]],
    reason: /^records 1 to 10 are missing .*such as ".*\.0+1"$/,
    lost: [1, 10],
  },
  {
    name: "is missing at the end",
    put: (stage) => Deno.remove(segmentPath(stage, 41)),
    found: [["SEQUENCE_GAP", ""]],
    reason: /^records 41 to 50 are missing .*such as ".*\.0+41"$/,
    lost: [41, 50],
  },
  {
    name: "is empty",
    put: (stage) => Deno.truncate(segmentPath(stage, 21)),
    found: [["SEQUENCE_GAP", at(31)]],
    reason: /^records 21 to 30 are missing .*; ".*\.0+21" does not hold them$/,
    lost: [21, 30],
  },
  {
    name: "is cut in the middle of a line",
    put: (stage) => Deno.truncate(segmentPath(stage, 21), 300),
    found: [["TRUNCATED_LINE", at(21)], ["SEQUENCE_GAP", at(31)]],
    reason: /^the last line is a fragment/,
    lost: [23, 30],
  },
  {
    name: "lacks its last newline",
    put: async (stage) => {
      const path = segmentPath(stage, 21);
      await Deno.truncate(path, (await Deno.stat(path)).size - 1);
    },
    found: [],
    reason: /./,
  },
  {
    name: "is nothing but NULs",
    put: (stage) => Deno.writeFile(segmentPath(stage, 21), new Uint8Array(1290)),
    found: [["NUL_PADDING", at(21)], ["SEQUENCE_GAP", at(31)]],
    reason: /NUL bytes/,
    lost: [21, 30],
  },
  {
    name: "was renamed to fewer digits",
    put: (stage) => Deno.rename(segmentPath(stage, 21), pathAt(stage, ".00000021")),
    found: [["UNEXPECTED_FILE", ".00000021"], ["SEQUENCE_GAP", at(31)]],
    reason: /^it is named almost like a part of this store; it is not read$/,
    lost: [21, 30],
    left: ["UNEXPECTED_FILE"],
  },
  {
    name: "has a copy beside it",
    put: (stage) => Deno.copyFile(segmentPath(stage, 1), `${segmentPath(stage, 1)}.bak`),
    found: [["UNEXPECTED_FILE", `${at(1)}.bak`]],
    reason: /it is not read$/,
    left: ["UNEXPECTED_FILE"],
  },
  {
    name: "was given a larger number",
    put: (stage) => Deno.rename(segmentPath(stage, 21), segmentPath(stage, 60)),
    found: [["UNEXPECTED_FILE", at(60)], ["OUT_OF_ORDER_SEQUENCE", at(60)]],
    reason: /^it holds records 21 to 30, but its name says from 60 on; reads by number may miss/,
    left: ["UNEXPECTED_FILE", "OUT_OF_ORDER_SEQUENCE"],
  },
  {
    name: "was given a smaller number",
    put: (stage) => Deno.rename(segmentPath(stage, 41), segmentPath(stage, 5)),
    found: [["UNEXPECTED_FILE", at(5)], ["OUT_OF_ORDER_SEQUENCE", at(11)]],
    reason:
      /^it holds records 41 to 50, but the next file begins with 11; reads by number may miss/,
    left: ["UNEXPECTED_FILE", "OUT_OF_ORDER_SEQUENCE"],
  },
  {
    name: "has a copy with another number",
    put: (stage) => Deno.copyFile(segmentPath(stage, 21), segmentPath(stage, 25)),
    found: [["UNEXPECTED_FILE", at(25)], ["DUPLICATE_SEQUENCE", at(25)]],
    reason: /^it holds records 21 to 30, but its name says from 25 on/,
  },
  {
    name: "has a copy named by the time",
    put: (stage) =>
      Deno.copyFile(segmentPath(stage, 41), segmentPath(stage, 1_700_000_000_123_456)),
    found: [["UNEXPECTED_FILE", at(1_700_000_000_123_456)]],
    reason: /^it is named almost like a part of this store; it is not read$/,
    left: ["UNEXPECTED_FILE"],
  },
  {
    name: "overlaps with the next one",
    put: async (stage) => {
      const lines = (await Deno.readTextFile(segmentPath(stage, 31))).split("\n").slice(0, 5);
      const text = `${lines.join("\n")}\n`;
      await Deno.writeTextFile(segmentPath(stage, 21), text, { append: true });
    },
    found: [["DUPLICATE_SEQUENCE", at(31)]],
    reason: /^record 31 stands here a second time, byte for byte$/,
  },
  {
    name: "is a directory",
    put: async (stage) => {
      await Deno.remove(segmentPath(stage, 21));
      await Deno.mkdir(segmentPath(stage, 21));
    },
    found: [["UNEXPECTED_FILE", at(21)], ["SEQUENCE_GAP", at(31)]],
    reason: /^it has the name of a part of this store, and is no regular file; it is not read$/,
    lost: [21, 30],
    left: ["UNEXPECTED_FILE"],
  },
  {
    name: "is a link",
    put: async (stage) => {
      await Deno.rename(segmentPath(stage, 21), pathAt(stage, "-elsewhere"));
      await Deno.symlink(`${basename(stage.path)}-elsewhere`, segmentPath(stage, 21));
    },
    found: [["UNEXPECTED_FILE", at(21)], ["SEQUENCE_GAP", at(31)]],
    reason: /is no regular file; it is not read$/,
    lost: [21, 30],
    left: ["UNEXPECTED_FILE"],
  },
  {
    name: "is somebody else's file",
    put: (stage) => Deno.writeTextFile(segmentPath(stage, 100), "2024-01-01 not a record\n"),
    found: [["CORRUPTED_LINE", at(100)]],
    reason: /^the line is not JSON$/,
  },
  {
    name: "took the place of the active file",
    put: (stage) => Deno.copyFile(segmentPath(stage, 1), stage.path),
    found: [["DUPLICATE_SEQUENCE", ""], ["SEQUENCE_GAP", ""]],
    reason: /^record 1 stands here a second time, byte for byte$/,
    lost: [51, 55],
  },
];

for (const { name, put, found, reason, lost, left = [] } of BAD_SEGMENTS) {
  storeTest(
    `a segment that ${name} is told, costs no other record, and is got over`,
    async (stage) => {
      await writeSegments(stage, RECORDS);
      await put(stage);
      const there = numbersWithout(lost);
      await using store = await openStore(stage.path);
      assertEquals(await numbersIn(stage), there);
      const { anomalies, healthy } = await store.scan();
      assertEquals(placesOf(stage, anomalies), found);
      assertMatch(anomalies[0]?.reason ?? " ", reason);
      assert(anomalies.every(({ next }) => next !== ""));
      assertEquals(healthy, anomalies.every(({ severity }) => severity === "warning"));
      // Whatever is wrong with what was written before, what comes now has a number of its own.
      assertEquals((await store.recordEvent({ eventType: "New" })).firstSeq, RECORDS + 1);
      const { after } = await store.recover();
      assertEquals([after.healthy, new Set(codes(after))], [true, new Set(left)]);
      assertEquals(await numbersIn(stage), [...there, RECORDS + 1]);
      await using rotating = openRotating(stage, { maxRecords: 1 });
      for (const seq of [57, 58]) {
        assertEquals((await rotating.recordEvent({ eventType: "New" })).firstSeq, seq);
      }
      assertEquals(new Set(codes(await rotating.scan())), new Set(left));
    },
  );
}

storeTest("a segment that comes back after its loss was accepted is whole again", async (stage) => {
  await writeSegments(stage, RECORDS);
  const aside = join(stage.directory, "aside");
  await Deno.rename(segmentPath(stage, 21), aside);
  await using store = openRotating(stage);
  assertEquals((await store.recover()).after.healthy, true);
  await Deno.rename(aside, segmentPath(stage, 21));
  assertEquals(codes(await store.scan()), []);
  assertEquals(await numbersIn(stage), numbersWithout(undefined));
});

storeTest("reads behind a number find what an old active file hides", async (stage) => {
  await writeSegments(stage, RECORDS);
  await Deno.copyFile(segmentPath(stage, 1), stage.path);
  await using store = openRotating(stage);
  const numbers = (await store.listEvents({ afterSeq: 30 })).map(({ seq }) => seq);
  assertEquals(numbers, Array.from({ length: 20 }, (_, index) => index + 31));
});

storeTest(
  "a store that rotates and one that does not go on with each other's files",
  async (stage) => {
    await using rotating = openRotating(stage, { maxRecords: 2 });
    await using single = stage.open();
    for (let seq = 1; seq <= 40; seq++) {
      const writer = seq % 5 < 3 ? rotating : single;
      assertEquals((await writer.recordEvent({ eventType: "E" })).firstSeq, seq);
      assertEquals((await single.listEvents({ limit: 1 }))[0]?.seq, seq);
    }
    assert(segmentsOf(stage).length > 3);
    for (const store of [rotating, single]) {
      assertEquals((await store.listEvents()).map(({ seq }) => seq), numbersTo(40));
      assertEquals(codes(await store.scan()), []);
    }
    await single.compact({ retention: { maxRecords: 5 } });
    assertEquals((await rotating.listEvents()).map(({ seq }) => seq), [36, 37, 38, 39, 40]);
    assertEquals(codes(await rotating.scan()), []);
  },
);

storeTest("both at once, side by side, give every record a number of its own", async (stage) => {
  await using rotating = openRotating(stage, { maxRecords: 7, durability: "os" });
  await using single = stage.open({ durability: "os" });
  const written: Promise<{ readonly firstSeq: number | null }>[] = [];
  for (let round = 0; round < 200; round++) {
    for (const store of [rotating, single]) written.push(store.recordEvent({ eventType: "E" }));
    if (round % 10 === 0) await Promise.all(written);
  }
  const seqs = (await Promise.all(written)).map(({ firstSeq }) => firstSeq!);
  assertEquals(seqs.sort((one, other) => one - other), numbersTo(400));
  assertEquals(await numbersIn(stage), numbersTo(400));
  assertEquals(codes(await rotating.scan()), []);
});

function numbersTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

function numbersWithout(lost: BadSegment["lost"]): number[] {
  return numbersTo(RECORDS).filter((seq) => !lost || seq < lost[0] || seq > lost[1]);
}

/** The numbers of everything that can be read, each once, in order. */
async function numbersIn({ path }: StoreStage): Promise<number[]> {
  await using store = new JsonFilePersistence(path);
  const seqs = (await store.listEvents()).map(({ seq }) => seq!);
  return [...new Set(seqs)].sort((one, other) => one - other);
}

/** Codes and files of what a scan found, each once. */
function placesOf(
  { path }: StoreStage,
  anomalies: readonly { readonly code: AnomalyCode; readonly file: string }[],
): (readonly [AnomalyCode, string])[] {
  const places = new Map<string, readonly [AnomalyCode, string]>();
  for (const { code, file } of anomalies) {
    const place = [code, file.slice(path.length)] as const;
    if (![...places.values()].some(([known]) => known === code)) places.set(place.join(), place);
  }
  return [...places.values()];
}
