import { join } from "node:path";
import { copyStore, InMemoryPersistence, JsonFilePersistence, openStore } from "../../mod.ts";
import { recordToWire } from "../../lib/model/wire.ts";
import type { JsonValue, StoredRecord } from "../../lib/model/record.ts";
import { assert, assertEquals, assertStringIncludes } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { expectedOf, FIXTURES } from "../backends/file/originals.ts";
import { sorted } from "../storage/lines.ts";

const EXACT =
  '{"kind": "event", "timestamp": 1700000000.5, "system_id": "orders", "actor_address": "local://1", ' +
  '"event_type": "Paid", "payload": {"id": 9007199254740993, "amount": 1.0, "caf\\u00e9": "☃"}, ' +
  '"trace": {"b": 12345678901234567890.5, "a": "9007199254740993"}}';

function wires(records: readonly StoredRecord[]): readonly JsonValue[] {
  return records.map((record) => {
    const { kind: _, seq: __, ...fields } = recordToWire(record);
    return sorted(fields);
  });
}

for (const name of ["json", "json-compacted", "rotating"]) {
  tempTest(
    `an original store (${name}) is brought over as the original lists it`,
    async (directory) => {
      await using from = await openStore(join(FIXTURES, name, "events.ndjson"));
      await using to = await openStore(join(directory, "to.ndjson"));
      for (const isFirst of [true, false]) {
        assertEquals((await copyStore({ from, to })).changed, isFirst);
      }
      const expected = await expectedOf(name);
      assertEquals(wires(await to.listEvents()), expected.events);
      assertEquals(wires(await to.listAudits()), expected.audits);
      assertEquals(wires(await to.listDeadLetters()), expected.dead_letters);
      const { healthy, anomaliesTotal, foreignLines, rewrittenLines } = await to.scan();
      assertEquals([healthy, anomaliesTotal, foreignLines, rewrittenLines], [true, 0, 0, 0]);
      assertEquals([...Deno.readDirSync(join(FIXTURES, name))].some((e) => e.isDirectory), false);
    },
  );
}

tempTest(
  "numbers that no double holds, and members of others, come over as they are",
  async (directory) => {
    const paths = ["from.ndjson", "to.ndjson", "last.ndjson"].map((name) => join(directory, name));
    await Deno.writeTextFile(paths[0]!, `${EXACT}\n`);
    for (const [index, path] of paths.slice(1).entries()) {
      await using from = new JsonFilePersistence(paths[index]!);
      await using to = new JsonFilePersistence(path);
      assertEquals((await copyStore({ from, to })).copied.event, 1);
      const line = await Deno.readTextFile(path);
      assertStringIncludes(
        line,
        '{"kind":"event","timestamp":1700000000.5,"system_id":"orders","actor_address":"local://1",' +
          '"event_type":"Paid","payload":{"id":9007199254740993,"amount":1,"café":"☃"},' +
          '"trace":{"b":12345678901234567890.5,"a":"9007199254740993"},"seq":1,"crc":"',
      );
      assertEquals((await to.scan()).anomaliesTotal, 0);
    }
  },
);

tempTest("NaN becomes null, which is told", async (directory) => {
  const path = join(directory, "from.ndjson");
  const line = EXACT.replace("1.0", "NaN");
  await Deno.writeTextFile(path, `${line}\n{"kind": "nap"}\n`);
  await using from = new JsonFilePersistence(path);
  await using to = new InMemoryPersistence();
  const { nonFiniteRecords, recordsOfUnknownKind, damagedLines } = await copyStore({ from, to });
  assertEquals([nonFiniteRecords, recordsOfUnknownKind, damagedLines], [1, 1, 0]);
  assertEquals((await to.listEvents())[0]!.payload.amount, null);
});

// What the original does to its file between two copies: it adds lines, and drops the oldest.
tempTest(
  "an original store that goes on and compacts is followed, also by a target that does",
  async (directory) => {
    const path = join(directory, "from.ndjson");
    const target = join(directory, "to.ndjson");
    const line = (index: number) =>
      `{"kind": "${index % 3 === 0 ? "audit" : "event"}", "timestamp": ${index}, "payload": {}}\n`;
    const write = (first: number, last: number) =>
      Deno.writeTextFile(
        path,
        Array.from({ length: last - first }, (_, index) => line(first + index)).join(""),
      );
    const steps: [first: number, last: number, copied: number][] = [
      [0, 50, 50],
      [0, 60, 10],
      [30, 70, 10],
      [67, 80, 10],
      // Nothing is left of what was copied: nothing of it is found.
      [80, 90, 10],
      [80, 90, 0],
    ];
    for (const [first, last, count] of steps) {
      await write(first, last);
      await using from = new JsonFilePersistence(path);
      await using to = new JsonFilePersistence(target);
      const { copied } = await copyStore({ from, to, verify: "new" });
      assertEquals(copied.event + copied.audit, count, `${first} to ${last}`);
      await to.compact({ retention: { maxRecords: 2 } });
    }
    await using to = new JsonFilePersistence(target);
    assertEquals((await to.listEvents()).map(({ timestamp }) => timestamp), [88, 89]);
    assert((await to.scan()).healthy);
  },
);

tempTest("lines that are the same are counted, not taken for each other", async (directory) => {
  const path = join(directory, "from.ndjson");
  const line = '{"kind": "event", "timestamp": 1, "event_type": "Tick", "payload": {}}\n';
  await using to = new InMemoryPersistence();
  for (const count of [40, 40, 55]) {
    await Deno.writeTextFile(path, line.repeat(count));
    await using from = new JsonFilePersistence(path);
    await copyStore({ from, to });
    assertEquals((await to.listEvents()).length, count);
  }
});

tempTest("an original store that was gone on with, by both, is copied once", async (directory) => {
  const path = join(directory, "from.ndjson");
  const line = (index: number) =>
    `{"kind": "event", "timestamp": ${index}, "event_type": "Tick", "payload": {}}\n`;
  await Deno.writeTextFile(path, line(1) + line(2));
  await using to = new InMemoryPersistence();
  for (const expected of [[1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]) {
    await using from = new JsonFilePersistence(path);
    if (expected.length === 3) await from.recordEvent({ eventType: "Tick", timestamp: 3 });
    if (expected.length === 5 && (await to.listEvents()).length === 4) {
      await from.recordEvent({ eventType: "Tick", timestamp: 5 });
    }
    if (expected.length === 4) await Deno.writeTextFile(path, line(4), { append: true });
    await copyStore({ from, to });
    assertEquals((await to.listEvents()).map(({ timestamp }) => timestamp), expected);
  }
});

tempTest("what comes while both are compared is left for the next run", async (directory) => {
  const path = join(directory, "from.ndjson");
  const line = '{"kind": "event", "timestamp": 1, "event_type": "Tick", "payload": {}}\n';
  await Deno.writeTextFile(path, line.repeat(20));
  await using from = new JsonFilePersistence(path);
  await using to = new InMemoryPersistence();
  const onProgress = (_done: number, _total: number, step: string) => {
    if (step === "copying") Deno.writeTextFileSync(path, line, { append: true });
  };
  assertEquals((await copyStore({ from, to, onProgress })).copied.event, 20);
  assert((await copyStore({ from, to })).copied.event > 0);
  const { records } = await from.scan();
  assertEquals((await to.listEvents()).length, records.event);
});
