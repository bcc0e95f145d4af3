import { join } from "node:path";
import { JsonFilePersistence } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { inTempDirectory } from "../_temp.ts";
import { bunRuntime, Child, DENO, type Runtime } from "./_child.ts";
import { Ledger } from "./_ledger.ts";
import type { Run } from "./_runs.ts";

// Every event and dead letter stays; audits make each compaction a real one.
const AUDITS_KEPT = 100;
const KEPT = { audit: AUDITS_KEPT };
const COMPACTION = { retention: { byKind: { audit: { maxRecords: AUDITS_KEPT } } } };

/** Who does what to one store. */
interface Cast {
  readonly writers: readonly Runtime[];
  readonly compactors: readonly Runtime[];
  readonly scanners: readonly Runtime[];
  readonly readers: readonly Runtime[];
  readonly recordsEach: number;
}

Deno.test("four writers, two racing compactions, scans and readers leave every record there once", () =>
  playAll({
    writers: [DENO, DENO, DENO, DENO],
    compactors: [DENO, DENO],
    scanners: [DENO],
    readers: [DENO],
    recordsEach: 50_000,
  }));

Deno.test("Deno and Bun write to one store, compact it, scan it and read it", async () => {
  const BUN = await bunRuntime();
  await playAll({
    writers: [DENO, BUN, DENO, BUN],
    compactors: [BUN, DENO],
    scanners: [BUN],
    readers: [DENO, BUN],
    recordsEach: 5_000,
  });
});

function playAll(cast: Cast): Promise<void> {
  return inTempDirectory(async (directory) => {
    const path = join(directory, "facts.ndjson");
    const ledger = new Ledger(KEPT);
    await using stack = new AsyncDisposableStack();
    const start = (...args: ConstructorParameters<typeof Child>) => stack.use(new Child(...args));
    const maintain = (runtime: Runtime, operation: string, options: object, runs: Run[]) =>
      start(runtime, "_maintainer.ts", [path, operation, JSON.stringify(options)], (line) => {
        if (line !== '{"begun":true}') runs.push(JSON.parse(line));
      });
    const compactions: Run[] = [];
    const scans: Run[] = [];
    const readings: Run[] = [];
    const maintainers = [
      ...cast.compactors.map((runtime) => maintain(runtime, "compact", COMPACTION, compactions)),
      ...cast.scanners.map((runtime) => maintain(runtime, "scan", {}, scans)),
      ...cast.readers.map((runtime) => maintain(runtime, "read", { kept: KEPT }, readings)),
    ];
    const writers = cast.writers.map((runtime, writer) =>
      start(
        runtime,
        "_writer.ts",
        [path, writer, cast.recordsEach, 40, 16],
        (line) => ledger.take(writer, line),
      )
    );
    for (const writer of writers) assertEquals(await writer.ended(), 0);
    for (const maintainer of maintainers) assertEquals(await maintainer.stop(), 0);
    expectCompactions(compactions);
    expectCleanScans(scans);
    // A reader that sees a record twice, or one less than before, says so by its exit code.
    assert(readings.some(({ changed }) => changed), "nothing was read");
    await expectEverything(path, ledger, cast);
  });
}

function expectCompactions(runs: readonly Run[]): void {
  assert(runs.some(({ changed }) => changed), "no compaction changed the store");
  const errors = runs.filter(({ error }) => error !== undefined);
  assertEquals(errors.filter(({ error }) => error !== "BUSY"), []);
}

function expectCleanScans(runs: readonly Run[]): void {
  assert(runs.length > 0, "no scan came to its end");
  assertEquals(runs.filter(({ anomalies }) => anomalies?.length !== 0), []);
}

async function expectEverything(path: string, ledger: Ledger, cast: Cast): Promise<void> {
  const written = cast.writers.length * cast.recordsEach;
  assertEquals(ledger.count, written);
  const { records, retired } = await ledger.survey(path);
  assertEquals(records + retired, written);
  assert(records >= written * 0.9 + AUDITS_KEPT, `only ${records} records are left`);
  await using store = new JsonFilePersistence(path);
  const { anomalies, records: counts, seqs } = await store.scan();
  assertEquals({ anomalies, last: seqs?.max }, { anomalies: [], last: written });
  assertEquals(counts.event + counts.audit + counts.dead_letter, records);
}
