import { join } from "node:path";
import { JsonFilePersistence } from "../../../../mod.ts";
import { decodeTotals, encodeTotals } from "../../../../lib/backends/file/store/file_metrics.ts";
import { NO_TOTALS } from "../../../../lib/metrics/share.ts";
import type { FileSystem } from "../../../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../../../lib/storage/native/native_file_system.ts";
import { assertEquals, assertMatch } from "../../../_assert.ts";
import { tempTest } from "../../../_temp.ts";

const EVENT = { eventType: "T" };
const SHARE = { counts: { scans: 2 }, marks: { "scan.at": 5 } };
const KEPT = { ...SHARE, since: 1, restarts: 0 };

function metricsPath(directory: string): string {
  return join(directory, ".events.ndjson.papyra", "metrics.json");
}

function storeIn(directory: string, fileSystem = nativeFileSystem): JsonFilePersistence {
  return new JsonFilePersistence(join(directory, "events.ndjson"), { fileSystem });
}

async function recordIn(directory: string): Promise<void> {
  await using store = storeIn(directory);
  await store.recordEvent(EVENT);
}

async function totalsIn(directory: string) {
  await using store = storeIn(directory);
  const { records_written, totals } = await store.metrics.snapshot();
  return { ...totals, records_written };
}

Deno.test("totals are read as they were written, and no flipped bit is read as another number", () => {
  const text = encodeTotals(KEPT);
  assertEquals(decodeTotals(text), { ...NO_TOTALS, ...KEPT, state: "kept" });
  const bytes = new TextEncoder().encode(text.trimEnd());
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const { state, counts } = decodeTotals(new TextDecoder().decode(flipped));
    assertEquals([state, counts], ["broken", {}], `bit ${bit}`);
  }
});

Deno.test("totals of a version that had only counters are read", () => {
  const { counts, state } = decodeTotals('{"records_written":7,"scans":1,"x":2}\n');
  assertEquals([counts, state], [{ records_written: 7, scans: 1 }, "kept"]);
});

for (
  const content of ["", "{", "[1]", "null", "42", '{"format":1}junk', "\0\0\0", "x".repeat(1e5)]
) {
  tempTest(
    `metrics that are ${content.slice(0, 20)} are told, and begun anew`,
    async (directory) => {
      await recordIn(directory);
      await Deno.writeTextFile(metricsPath(directory), content);
      const broken = await totalsIn(directory);
      assertEquals([broken.state, broken.records_written], ["broken", 0]);
      await recordIn(directory);
      const { state, restarts, records_written } = await totalsIn(directory);
      assertEquals([state, restarts, records_written], ["kept", 1, 1]);
    },
  );
}

tempTest("metrics that a newer version keeps are read and left as they are", async (directory) => {
  await recordIn(directory);
  const newer = '{"format":2,"counts":{"records_written":41,"new":1},"since":3}\n';
  await Deno.writeTextFile(metricsPath(directory), newer);
  await recordIn(directory);
  assertEquals(await Deno.readTextFile(metricsPath(directory)), newer);
  const { state, reason, records_written } = await totalsIn(directory);
  assertEquals([state, records_written], ["newer", 41]);
  assertMatch(reason ?? "", /newer version/);
});

tempTest(
  "a share that cannot be written is counted by its process, and told",
  async (directory) => {
    await recordIn(directory);
    const readOnly: FileSystem = {
      ...nativeFileSystem,
      open: (path, options) =>
        path.includes("metrics.json.") && options.createExclusively
          ? Promise.reject(Object.assign(new Error("read-only"), { code: "EROFS" }))
          : nativeFileSystem.open(path, options),
    };
    await using store = storeIn(directory, readOnly);
    await store.recordEvent(EVENT);
    const { records_written, totals: { state, reason } } = await store.metrics.snapshot();
    assertEquals([records_written, state], [2, "unsaved"]);
    assertMatch(reason ?? "", /read-only/);
    assertEquals((await totalsIn(directory)).records_written, 1);
  },
);

tempTest(
  "a share is added once, also where the folder cannot be synced afterwards",
  async (directory) => {
    await recordIn(directory);
    let isFailing = false;
    const failing: FileSystem = {
      ...nativeFileSystem,
      syncDirectory: (path) =>
        isFailing
          ? Promise.reject(Object.assign(new Error("input/output error"), { code: "EIO" }))
          : nativeFileSystem.syncDirectory(path),
    };
    {
      await using store = storeIn(directory, failing);
      await store.recordEvent(EVENT);
      isFailing = true;
      assertEquals((await store.metrics.snapshot()).records_written, 2);
      assertEquals((await store.metrics.snapshot()).records_written, 2);
    }
    assertEquals((await totalsIn(directory)).records_written, 2);
  },
);

tempTest(
  "ten that add at once, and one that resets, lose and double nothing",
  async (directory) => {
    const stores = Array.from({ length: 10 }, () => storeIn(directory));
    await Promise.all(stores.map((store) => store.recordEvent(EVENT)));
    await Promise.all(stores.map((store) => store.metrics.snapshot()));
    await stores[0]!.metrics.reset();
    await Promise.all(stores.map((store) => store.recordEvent(EVENT)));
    await Promise.all(stores.map((store) => store.close()));
    assertEquals((await totalsIn(directory)).records_written, 10);
  },
);

tempTest("reset keeps when maintenance last ran", async (directory) => {
  await recordIn(directory);
  await using store = storeIn(directory);
  await store.scan();
  await store.metrics.reset();
  const { scans, last } = await store.metrics.snapshot();
  assertEquals([scans, last.scan?.is_success], [0, true]);
});

tempTest(
  "a clock that jumps back makes no duration negative and leaves no time in the future",
  async (directory) => {
    await recordIn(directory);
    let now = 2_000_000_000;
    await using store = new JsonFilePersistence(join(directory, "events.ndjson"), {
      clock: () => now -= 500_000_000,
    });
    await store.scan();
    now = 1_700_000_000;
    await store.scan();
    const { last: { scan }, histograms } = await store.metrics.snapshot();
    assertEquals(scan!.at < 1_700_000_000 && scan!.duration_seconds >= 0, true);
    assertEquals(histograms.scan_seconds.sum >= 0, true);
  },
);
