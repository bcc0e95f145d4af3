import { assertEquals } from "../../../_assert.ts";
import { storeTest } from "../_stores.ts";

const RECORDS = 40;
const DAMAGED = 31;

// What is kept in memory until the oldest is found, and what is read again instead.
for (const noteLength of [10, 20_000]) {
  storeTest(
    `the newest with ${noteLength} characters each are those at the end of all`,
    async (stage) => {
      const store = stage.open();
      const payload = { note: "x".repeat(noteLength) };
      for (let index = 1; index <= RECORDS; index++) {
        await store.recordEvent({ eventType: index % 3 === 0 ? "Third" : "Other", payload });
      }
      const lines = await stage.lines();
      lines[DAMAGED - 1] = "{";
      await stage.write(...lines);
      const told = async (limit: number, type = /./) => {
        const records = store.events({ limit, where: ({ eventType }) => type.test(eventType) });
        const seqs: (number | null)[] = [];
        for await (const { seq } of records) seqs.push(seq);
        return { seqs, skipped: records.skipped };
      };
      const all = await told(Infinity);
      assertEquals([all.seqs.length, all.skipped], [RECORDS - 1, 1]);
      assertEquals(await told(5), { seqs: all.seqs.slice(-5), skipped: 0 });
      assertEquals(await told(20), { seqs: all.seqs.slice(-20), skipped: 1 });
      assertEquals(await told(100), all);
      assertEquals(await told(0), { seqs: [], skipped: 0 });
      assertEquals(await told(3, /Third/), { seqs: [33, 36, 39], skipped: 0 });
      const kept = stage.open({ retention: { maxRecords: 12 } });
      assertEquals(
        (await kept.listEvents({ limit: 30 })).map(({ seq }) => seq),
        all.seqs.slice(-12),
      );
    },
  );
}
