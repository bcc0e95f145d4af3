import { join } from "node:path";
import type { RecoveryConfig } from "../../../../lib/backend/backend.ts";
import type { AnomalyCode } from "../../../../lib/model/anomaly.ts";
import type { ScanReport } from "../../../../lib/model/report.ts";
import { assert, assertEquals } from "../../../_assert.ts";
import { bytesOf, textOf } from "../../../storage/lines.ts";
import { type Corruption, CORRUPTIONS, ODDITIES } from "./_corruptions.ts";
import { expectKept, type RemovedPart } from "../_removed.ts";
import { codes, everything, NOW, receiptsOf, type StoreStage, storeTest } from "../_stores.ts";

/** Where each part begins, and the whole. */
function assemble({ parts }: Corruption): { offsets: number[]; content: Uint8Array } {
  const pieces = parts.map((part) => typeof part === "string" ? bytesOf(part) : part.bytes);
  const offsets: number[] = [];
  let size = 0;
  for (const piece of pieces) {
    offsets.push(size);
    size += piece.length;
  }
  const content = new Uint8Array(size);
  pieces.forEach((piece, index) => content.set(piece, offsets[index]!));
  return { offsets, content };
}

function expectedAnomalies(corruption: Corruption, offsets: readonly number[]) {
  const { parts, alsoFound = [] } = corruption;
  const found: [AnomalyCode, number][] = alsoFound.map(([code, part]) => [code, offsets[part]!]);
  parts.forEach((part, index) => {
    if (typeof part !== "string") found.push([part.code, offsets[index]!]);
  });
  return found.sort(byOffsetAndCode);
}

function foundIn({ anomalies }: ScanReport) {
  return anomalies.map(({ code, offset }): [AnomalyCode, number] => [code, offset!])
    .sort(byOffsetAndCode);
}

function byOffsetAndCode(one: [string, number], other: [string, number]): number {
  return one[1] - other[1] || (one[0] < other[0] ? -1 : 1);
}

/** The good lines, each without its newline. */
function goodLines({ parts }: Corruption): string[] {
  return parts.filter((part) => typeof part === "string")
    .flatMap((part) => part.replace(/\n$/, "").split("\n"));
}

/** The damage, where it stands. */
function damageOf({ parts }: Corruption, offsets: readonly number[]): RemovedPart[] {
  return parts.flatMap((part, index) =>
    typeof part === "string" ? [] : [{ offset: offsets[index]!, bytes: part.bytes }]
  );
}

const MODES: { readonly [mode: string]: (stage: StoreStage) => RecoveryConfig } = {
  repair: () => ({ mode: "repair" }),
  quarantine: ({ directory }) => ({
    mode: "quarantine",
    quarantineDir: join(directory, "quarantine"),
  }),
};

for (const [mode, configOf] of Object.entries(MODES)) {
  for (const corruption of CORRUPTIONS) {
    storeTest(`${mode} mends a store with ${corruption.name}`, async (stage) => {
      const { offsets, content } = assemble(corruption);
      await Deno.writeFile(stage.path, content);
      const store = stage.open();
      const before = await store.scan();
      assertEquals(foundIn(before), expectedAnomalies(corruption, offsets));
      assert(!before.healthy);
      const records = await everything(store);

      const report = await store.recover(configOf(stage));
      assert(report.changed && report.after.healthy);
      await expectRepaired(stage, corruption);
      assertEquals(codes(report.after), [...corruption.staysFound ?? []]);
      await expectKept(stage, content, damageOf(corruption, offsets), report);
      assertEquals(await everything(store), withoutDuplicates(records));

      await expectGoesOn(stage, corruption, configOf(stage));
    });
  }
}

for (const corruption of CORRUPTIONS) {
  storeTest(`compaction keeps the damage of a store with ${corruption.name}`, async (stage) => {
    await Deno.writeFile(stage.path, assemble(corruption).content);
    const store = stage.open();
    const retention = { maxRecords: 1 };
    const kept = await store.listEvents({ retention });
    const before = await damagedTexts(stage, await store.scan());
    await store.compact({ retention });
    assertEquals(await store.listEvents(), kept);
    assertEquals(await damagedTexts(stage, await store.scan()), before);
    const { after } = await store.recover();
    assertEquals([after.healthy, await store.listEvents()], [true, kept]);
  });
}

for (const oddity of ODDITIES) {
  storeTest(`recovery leaves a store alone that has ${oddity.name}`, async (stage) => {
    const { offsets, content } = assemble(oddity);
    await Deno.writeFile(stage.path, content);
    const store = stage.open();
    const report = await store.recover();
    assertEquals([report.changed, report.after.healthy], [false, true]);
    assertEquals(foundIn(report.after), expectedAnomalies(oddity, offsets));
    assertEquals(await Deno.readFile(stage.path), content);
    assertEquals(await receiptsOf(store), []);
    await expectGoesOn(stage, oddity, {});
    const after = await Deno.readFile(stage.path);
    assertEquals(after.subarray(0, content.length), content);
  });
}

/** Bytes that are damaged whatever stands around them; a newline may have been put behind them. */
async function damagedTexts({ path }: StoreStage, { anomalies }: ScanReport): Promise<string[]> {
  const content = await Deno.readFile(path);
  const damage = anomalies.filter(({ code, severity, length }) =>
    severity === "error" && length! > 0 && !code.includes("SEQUENCE")
  );
  return damage.map(({ offset, length }) =>
    new TextDecoder("latin1").decode(content.subarray(offset!, offset! + length!)).replace(
      /\n$/,
      "",
    )
  );
}

/** The good lines are there, byte for byte and in order, and a checkpoint where a number ever was. */
async function expectRepaired(stage: StoreStage, corruption: Corruption): Promise<void> {
  const lines = await stage.lines();
  const isNumbered = textOf(assemble(corruption).content).includes('"seq":');
  const isCheckpoint = lines.at(-1)?.startsWith('{"kind":"checkpoint"') ?? false;
  assertEquals(isCheckpoint, isNumbered);
  assertEquals(isNumbered ? lines.slice(0, -1) : lines, goodLines(corruption));
}

function withoutDuplicates<T>(records: readonly T[]): T[] {
  const seen = new Set<string>();
  return records.filter((record) => {
    const text = JSON.stringify(record);
    const isNew = !seen.has(text) || !text.includes('"seq":') || text.includes('"seq":null');
    seen.add(text);
    return isNew;
  });
}

/** A second recovery changes nothing; the store is written to, opened again and counted. */
async function expectGoesOn(
  stage: StoreStage,
  corruption: Corruption,
  config: RecoveryConfig,
): Promise<void> {
  const bytes = await Deno.readFile(stage.path);
  const { ino } = await Deno.stat(stage.path);
  const store = stage.open();
  const again = await store.recover(config);
  assertEquals([again.changed, again.receipt], [false, null]);
  assertEquals([await Deno.readFile(stage.path), (await Deno.stat(stage.path)).ino], [bytes, ino]);
  const count = (await everything(store)).length;
  const { firstSeq } = await store.recordEvent({ timestamp: NOW, eventType: "Next" });
  assertEquals(firstSeq, corruption.nextSeq);
  await store.close();
  const reopened = stage.open();
  assertEquals((await everything(reopened)).length, count + 1);
  assertEquals(codes(await reopened.scan()), [...corruption.staysFound ?? []]);
}
