import { join } from "node:path";
import { JsonFilePersistence } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { inTempDirectory } from "../_temp.ts";
import { Child, DENO } from "./_child.ts";

const PROCESSES = 8;
const RECORDS = 250;
const BATCH_MAX = 3;
const IN_FLIGHT = 4;

Deno.test("the shares of 8 processes add up to what they wrote, to the record and the byte; a killed one loses no more than its own", () =>
  inTempDirectory(async (directory) => {
    const path = join(directory, "facts.ndjson");
    let written = 0;
    const children = Array.from(
      { length: PROCESSES },
      (_, writer) =>
        new Child(DENO, "_writer.ts", [path, writer, RECORDS, BATCH_MAX, IN_FLIGHT, 0], (line) => {
          written += Number(line.split(" ")[2]);
        }),
    );
    for (const child of children) assertEquals(await child.ended(), 0);
    await using store = new JsonFilePersistence(path);
    const snapshot = await store.metrics.snapshot();
    const { records_written, bytes_written, breakdown, gauges, histograms } = snapshot;
    assertEquals([written, records_written], [PROCESSES * RECORDS, PROCESSES * RECORDS]);
    assertEquals(bytes_written, (await Deno.stat(path)).size);
    assertEquals([gauges!.records, gauges!.bytes], [breakdown.records_written, bytes_written]);
    assertEquals(histograms.batch_records.sum, written);
    assert(histograms.sync_seconds.count > 0);

    let killedWrote = 0;
    const killed = new Child(
      DENO,
      "_writer.ts",
      [path, PROCESSES, 0, 1, 1, 1],
      () => killedWrote++,
    );
    while (killedWrote < 5) await new Promise((resolve) => setTimeout(resolve, 5));
    await killed.kill();
    const { records_written: after } = await store.metrics.snapshot();
    assert(after >= written && after <= written + killedWrote + 1, `${after}`);
  }));
