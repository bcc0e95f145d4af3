import { join } from "node:path";
import { assertEquals } from "../../_assert.ts";
import { asOriginal, expectedOf, FIXTURES, newestOf } from "./originals.ts";
import { codes, everything, NOW, receiptsOf, type StoreStage, storeTest } from "./_stores.ts";

const STORES = ["json", "json-compacted"] as const;

/** Puts a copy of one of the original's stores in place. */
async function copyStore(stage: StoreStage, name: string): Promise<string[]> {
  await Deno.copyFile(join(FIXTURES, name, "events.ndjson"), stage.path);
  return await stage.lines();
}

for (const name of STORES) {
  storeTest(
    `the original's ${name} store lists what the original lists, and scans clean`,
    async (stage) => {
      await copyStore(stage, name);
      const { events, audits, dead_letters } = await expectedOf(name);
      const store = stage.open();
      assertEquals(asOriginal(await store.listEvents()), events);
      assertEquals(asOriginal(await store.listAudits()), audits);
      assertEquals(asOriginal(await store.listDeadLetters()), dead_letters);
      const { anomalies, healthy, foreignLines, records } = await store.scan();
      assertEquals([anomalies, healthy], [[], true]);
      assertEquals(records, {
        event: events.length,
        audit: audits.length,
        dead_letter: dead_letters.length,
      });
      assertEquals(foreignLines, events.length + audits.length + dead_letters.length);
    },
  );

  storeTest(
    `limits and times on the original's ${name} store mean what they meant`,
    async (stage) => {
      await copyStore(stage, name);
      const { events } = await expectedOf(name);
      const store = stage.open();
      assertEquals(asOriginal(await store.listEvents({ limit: 7 })), events.slice(-7));
      const since = (events[30] as { timestamp: number }).timestamp;
      assertEquals(asOriginal(await store.listEvents({ since })), events.slice(30));
    },
  );

  storeTest(
    `recovery and compaction leave the original's lines of ${name} as they were`,
    async (stage) => {
      const lines = await copyStore(stage, name);
      const store = stage.open();
      assertEquals((await store.recover()).changed, false);
      assertEquals(await stage.lines(), lines);
      await store.compact({ retention: { maxRecords: 5 } });
      const left = await stage.lines();
      const kinds = ["event", "audit", "dead_letter"];
      const newest = new Set(kinds.flatMap((kind) => newestOf(lines, kind, 5)));
      assertEquals(left, lines.filter((line) => newest.has(line)));
      await Deno.writeTextFile(stage.path, `${left[0]!.slice(0, 40)}${left[1]}\n`, {
        append: true,
      });
      const report = await store.recover();
      assertEquals([report.removedBytes, report.after.healthy], [40, true]);
      assertEquals(await stage.lines(), [...left, left[1]!]);
      assertEquals((await receiptsOf(store)).map(({ operation }) => operation), [
        "compact",
        "recover",
      ]);
    },
  );

  storeTest(
    `writing to the original's ${name} store begins with number 1 behind its lines`,
    async (stage) => {
      const lines = await copyStore(stage, name);
      const before = await everything(stage.open());
      const store = stage.open({ retention: { maxRecords: 3 } });
      for (let seq = 1; seq <= 4; seq++) {
        assertEquals((await store.recordEvent({ timestamp: NOW, eventType: "New" })).firstSeq, seq);
      }
      const after = await stage.lines();
      assertEquals(after.slice(0, lines.length), lines);
      assertEquals((await everything(store)).slice(0, before.length), before);
      assertEquals(codes(await store.scan()), []);
      await store.compact();
      assertEquals((await store.listEvents()).map(({ seq }) => seq), [2, 3, 4]);
      const kept = new Set(["audit", "dead_letter"].flatMap((kind) => newestOf(lines, kind, 3)));
      assertEquals((await stage.records()).slice(0, 6), lines.filter((line) => kept.has(line)));
      assertEquals(codes(await store.scan()), []);
    },
  );
}

storeTest("afterSeq passes over the original's lines, which count as before 1", async (stage) => {
  await copyStore(stage, "json");
  const store = stage.open();
  assertEquals(await store.listEvents({ afterSeq: 0 }), []);
  for (const eventType of ["One", "Two"]) await store.recordEvent({ eventType });
  const typesAfter = async (afterSeq: number) =>
    (await store.listEvents({ afterSeq })).map((event) => event.eventType);
  assertEquals(await typesAfter(0), ["One", "Two"]);
  assertEquals(await typesAfter(1), ["Two"]);
});
