import { join } from "node:path";
import { assertEquals, assertMatch } from "../_assert.ts";
import { COUNTER_NAMES } from "../../lib/metrics/snapshot.ts";
import { cliTest, papyraOk } from "./_papyra.ts";
import { events, storeOf } from "./_stores.ts";

cliTest("metrics speak of the store, whatever process counted", async (directory) => {
  const path = await storeOf(directory, events(5));
  await papyraOk(["record", "event", "--type", "T", "--path", path]);
  await papyraOk(["persistence", "scan", "--path", path]);
  const text = await papyraOk(["metrics", "persistence", "--path", path]);
  assertMatch(text, /^Persistence Metrics\nrecords_written: 6\nbytes_written: \d{3,}\n/);
  assertMatch(text, /^scans: 1$/m);
});

cliTest("metrics --json has every counter", async (directory) => {
  const path = await storeOf(directory, events(5));
  const document = JSON.parse(
    await papyraOk(["metrics", "persistence", "--path", path, "--json"]),
  );
  assertEquals([document.schema, document.store], ["papyra.metrics/v1", path]);
  assertEquals(COUNTER_NAMES.filter((name) => !Number.isInteger(document[name])), []);
  assertEquals([document.records_written, document.gauges.records.event], [5, 5]);
});

cliTest("metrics reset sets every counter to zero, also those of errors", async (directory) => {
  const path = await storeOf(directory, events(5));
  assertEquals(await papyraOk(["metrics", "reset", "--path", path]), "Metrics reset\n");
  const document = JSON.parse(
    await papyraOk(["metrics", "persistence", "--path", path, "--json"]),
  );
  assertEquals(COUNTER_NAMES.filter((name) => document[name] !== 0), []);
});

cliTest("metrics of a store that never was are zero, and make nothing", async (directory) => {
  const path = join(directory, "none.ndjson");
  const { records_written } = JSON.parse(
    await papyraOk(["metrics", "persistence", "--path", path, "--json", "--quiet"]),
  );
  assertEquals(records_written, 0);
  assertEquals([...Deno.readDirSync(directory)], []);
});
