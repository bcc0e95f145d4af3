import { Ajv2020 } from "ajv";
import { join } from "node:path";
import { InMemoryPersistence, JsonFilePersistence, type MetricsSnapshot } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { tempTest } from "../_temp.ts";

const SCHEMA = new URL("../../docs/metrics.schema.json", import.meta.url);
const EVENT = { eventType: "T" };

/** What the schema finds wrong; strict, so that a schema that says nothing is found too. */
async function faultsOf(document: unknown): Promise<string[]> {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
  const validate = ajv.compile(JSON.parse(await Deno.readTextFile(SCHEMA)));
  validate(JSON.parse(JSON.stringify(document)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

Deno.test("a snapshot of a store in memory is as its schema says", async () => {
  await using store = new InMemoryPersistence({ retention: { maxRecords: 1 } });
  assertEquals(await faultsOf(await store.metrics.snapshot()), []);
  await store.recordMany([{ kind: "event", ...EVENT }, { kind: "event", ...EVENT }]);
  await store.scan();
  await store.recover();
  await store.compact();
  assertEquals(await faultsOf(await store.metrics.snapshot({ withRetained: true })), []);
  assertEquals(await faultsOf(await store.metrics.snapshot({ withGauges: false })), []);
});

tempTest(
  "a snapshot of a damaged store of files with hostile names is as its schema says",
  async (directory) => {
    const path = join(directory, 'e"\\\n<script>\u2028{}.ndjson');
    await using store = new JsonFilePersistence(path);
    await store.recordEvent({
      eventType: '"}\n# HELP',
      payload: JSON.parse('{"__proto__":"\\u0000"}'),
    });
    await Deno.writeTextFile(path, '{"kind":"eve', { append: true });
    await store.scan();
    const snapshot = await store.metrics.snapshot();
    assertEquals(await faultsOf(snapshot), []);
    assertEquals(snapshot.last.scan?.anomaly_counts, { TRUNCATED_LINE: 1 });
  },
);

Deno.test("the schema knows every name of a snapshot, and finds what is missing or no count", async () => {
  await using store = new InMemoryPersistence();
  const snapshot: MetricsSnapshot = await store.metrics.snapshot();
  const { properties, required } = JSON.parse(await Deno.readTextFile(SCHEMA));
  assertEquals(Object.keys(properties).sort(), Object.keys(snapshot).sort());
  assertEquals([...required].sort(), Object.keys(snapshot).sort());
  const { scans: _, ...without } = snapshot;
  for (const broken of [without, { ...snapshot, scans: -1 }, { ...snapshot, gauges: {} }]) {
    assert((await faultsOf(broken)).length > 0);
  }
});
