import type { JsonObject } from "../../../lib/model/record.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { eventLine, foreignLine, lineOf, pythonDumps, sorted } from "../../storage/lines.ts";
import { checkpointLine, codes, everything, NOW, type StoreStage, storeTest } from "./_stores.ts";

function parsed(line: string): JsonObject {
  return JSON.parse(line) as JsonObject;
}

/** A store of every kind of record, compacted once and written to again. */
async function writeStore(stage: StoreStage): Promise<string[]> {
  const store = stage.open();
  const address = { system: "local", actorId: 7 };
  await store.recordMany([
    { kind: "audit", timestamp: NOW - 9, totalActors: 3, registryOrphans: ["ü"] },
    { kind: "event", timestamp: NOW - 8, eventType: "A", actorAddress: address, payload: { n: 1 } },
    { kind: "dead_letter", timestamp: NOW - 7, target: address, messageType: "M", payload: [1e21] },
    { kind: "audit", timestamp: NOW - 6, registryDead: [] },
  ]);
  await store.compact({ retention: { byKind: { audit: { maxRecords: 1 } } } });
  await store.recordEvent({ timestamp: NOW - 5.5, eventType: "B", payload: { text: "漢字" } });
  await store.recordEvent({ timestamp: NOW - 4, eventType: "C" });
  await store.close();
  return await stage.lines();
}

/** What other tools make of a store, all of it still there. */
const TOOLS: readonly (readonly [name: string, rewrite: (lines: string[]) => string])[] = [
  ["json.dumps() of Python", (lines) => joined(lines.map((line) => pythonDumps(parsed(line))))],
  ["jq -c", (lines) => joined(lines)],
  ["jq -c -S", (lines) => joined(lines.map((line) => JSON.stringify(sorted(parsed(line)))))],
  ["an editor that writes CRLF", (lines) => lines.map((line) => `${line}\r\n`).join("")],
  ["an editor that adds a byte-order mark", (lines) => `\ufeff${joined(lines)}`],
  ["one that adds both", (lines) => `\ufeff${lines.map((line) => `${line}\r\n`).join("")}`],
  ["one that adds blank lines", (lines) => lines.map((line) => `\n${line}\n  \n`).join("")],
];

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

for (const [tool, rewrite] of TOOLS) {
  storeTest(
    `a store that ${tool} wrote again gives the same records, and is one warning at most`,
    async (stage) => {
      const lines = await writeStore(stage);
      const before = await everything(stage.open());
      await Deno.writeTextFile(stage.path, rewrite(lines));
      const store = stage.open();
      assertEquals(await everything(store), before);
      assertEquals(
        await store.listEvents({ reverse: true, limit: 2 }),
        [
          ...await store.listEvents({ limit: 2 }),
        ].reverse(),
      );
      const { anomalies, healthy } = await store.scan();
      assert(healthy);
      assert(anomalies.length <= 1, JSON.stringify(anomalies));
      assert(anomalies.every(({ code }) => code === "REWRITTEN_BY_OTHER_TOOL"));
      const { firstSeq } = await store.recordEvent({ timestamp: NOW, eventType: "D" });
      assertEquals(firstSeq, 7);
      assert((await Deno.readTextFile(stage.path)).startsWith(rewrite(lines)));
      assertEquals(codes(await store.scan()), anomalies.map(({ code }) => code));
    },
  );

  storeTest(`compaction keeps what ${tool} wrote byte for byte`, async (stage) => {
    const lines = await writeStore(stage);
    await Deno.writeTextFile(stage.path, rewrite(lines));
    const store = stage.open();
    const policy = { byKind: { event: { maxRecords: 2 } } };
    const kept = await store.listEvents({ retention: policy });
    const linesBefore = (await Deno.readTextFile(stage.path)).split("\n");
    await store.compact({ retention: policy });
    assertEquals(await store.listEvents(), kept);
    const after = (await Deno.readTextFile(stage.path)).split("\n");
    const copied = after.filter((line) => linesBefore.includes(line));
    // All but the new checkpoint.
    assertEquals(copied.length, after.length - 1);
    assert((await store.scan()).healthy);
  });
}

storeTest("what Python's own compaction takes away from a store is one warning", async (stage) => {
  const lines = await writeStore(stage);
  const records = lines.map(parsed).filter(({ kind }) => kind !== "checkpoint");
  await Deno.writeTextFile(
    stage.path,
    joined(records.slice(-2).map((record) => pythonDumps(record))),
  );
  const store = stage.open();
  const { anomalies, healthy } = await store.scan();
  assertEquals([codes({ anomalies }), healthy], [["REWRITTEN_BY_OTHER_TOOL"], true]);
  assertEquals((await store.recordEvent({ timestamp: NOW, eventType: "D" })).firstSeq, 7);
  assertEquals(codes(await store.scan()), ["REWRITTEN_BY_OTHER_TOOL"]);
  const recovery = await store.recover();
  assertEquals([recovery.changed, recovery.after.healthy], [false, true]);
});

storeTest(
  "a record that is removed from a rewritten store behind its end is missed",
  async (stage) => {
    const lines = await writeStore(stage);
    const rewritten = lines.map((line) => pythonDumps(parsed(line)));
    await stage.write(...rewritten.slice(0, -1), lines.at(-1)!.replace("C", "D"));
    assertEquals((await stage.scan()).healthy, false);
  },
);

storeTest("what another tool left out is no loss once its lines have expired", async (stage) => {
  await stage.write(pythonDumps(parsed(eventLine(2))), eventLine(3));
  const store = stage.open();
  assertEquals(codes(await store.scan()), ["REWRITTEN_BY_OTHER_TOOL"]);
  assertEquals((await store.compact({ retention: { maxRecords: 1 } })).removedRecords, 1);
  assertEquals((await store.scan()).anomalies, []);
});

storeTest(
  "what another tool left out of a file behind segments is no loss later",
  async (stage) => {
    const audit = lineOf({ kind: "audit", timestamp: NOW, totalActors: 1 }, 1);
    await Deno.writeTextFile(`${stage.path}.${"1".padStart(16, "0")}`, `${audit}\n`);
    await stage.write(pythonDumps(parsed(eventLine(3))), eventLine(4), eventLine(5));
    const store = stage.open();
    assertEquals(codes(await store.scan()), ["REWRITTEN_BY_OTHER_TOOL"]);
    const retention = { byKind: { event: { maxRecords: 2 } } };
    assertEquals((await store.compact({ retention })).removedRecords, 1);
    assertEquals((await store.scan()).anomalies, []);
  },
);

storeTest("whoever wrote a segment again did not take a file before it away", async (stage) => {
  const segment = `${stage.path}.${"2".padStart(16, "0")}`;
  await Deno.writeTextFile(segment, `${pythonDumps(parsed(eventLine(2)))}\n${eventLine(3)}\n`);
  await stage.write(eventLine(4));
  const store = stage.open();
  assertEquals(codes(await store.scan()), ["REWRITTEN_BY_OTHER_TOOL", "SEQUENCE_GAP"]);
  for (const maxRecords of [2, 1]) {
    await store.compact({ retention: { maxRecords } });
    assertEquals((await store.scan()).healthy, false);
  }
});

storeTest("a byte-order mark hides nothing of the first record", async (stage) => {
  const old = lineOf({ kind: "event", timestamp: NOW - 1000, eventType: "Old" }, 1);
  const young = lineOf({ kind: "event", timestamp: NOW, eventType: "Young" }, 2);
  await Deno.writeTextFile(stage.path, `\ufeff${old}\n${young}\n`);
  const store = stage.open({ retention: { maxAgeSeconds: 10 } });
  assertEquals((await store.listEvents()).map(({ eventType }) => eventType), ["Young"]);
  assertEquals((await store.scan()).timestamps, { min: NOW - 1000, max: NOW });
  assertEquals((await store.compact()).removedRecords, 1);
  assertEquals(await stage.records(), [young]);
});

storeTest("kinds that are not known are kept through everything, and warned of", async (stage) => {
  const unknown = eventLine(2).replace("event", "trace");
  await stage.write(eventLine(1), foreignLine(1).replace('"event"', '"trace"'), eventLine(2));
  const store = stage.open();
  assertEquals((await everything(store)).map(({ seq }) => seq), [1, 2]);
  const { anomalies, healthy, recordsOfUnknownKind } = await store.scan();
  assertEquals([codes({ anomalies }), healthy, recordsOfUnknownKind], [["UNKNOWN_KIND"], true, 1]);
  const lines = await stage.lines();
  await store.compact({ retention: { maxRecords: 1 } });
  assertEquals(await stage.records(), lines.slice(1));
  assert(!unknown.includes('"kind":"event"'));
});

storeTest("NaN and Infinity of Python are read as null, warned of and kept", async (stage) => {
  const line = foreignLine(1).replace('"n": 1', '"n": NaN, "m": [-Infinity]');
  await stage.write(line, foreignLine(2));
  const store = stage.open();
  const [first] = await store.listEvents();
  assertEquals(first!.payload, { n: null, m: [null] });
  const { anomalies, healthy } = await store.scan();
  assertEquals([codes({ anomalies }), healthy], [["NON_FINITE_NUMBER"], true]);
  await store.compact({ retention: { byKind: { event: { maxRecords: 2, maxAgeSeconds: 1e9 } } } });
  await store.recover();
  assertEquals(await stage.lines(), [line, foreignLine(2)]);
});

storeTest(
  "a checkpoint that another tool rewrote still explains what is missing",
  async (stage) => {
    await stage.write(
      ...[2, 5].map((seq) => pythonDumps(parsed(eventLine(seq)))),
      JSON.stringify(sorted(parsed(checkpointLine(7, [2, 5])))),
      eventLine(8),
    );
    assertEquals(codes(await stage.scan()), ["REWRITTEN_BY_OTHER_TOOL"]);
  },
);
