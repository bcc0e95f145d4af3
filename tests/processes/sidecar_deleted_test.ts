import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { JsonFilePersistence } from "../../mod.ts";
import { assertEquals } from "../_assert.ts";
import { inTempDirectory } from "../_temp.ts";
import { Child, Condition, DENO } from "./_child.ts";
import { Ledger } from "./_ledger.ts";
import type { Run } from "./_runs.ts";

// How long a sidecar lives, on average.
const LIFE_MS = 40;
// The test goes on until so many compactions came through, and so many did not.
const RUNS_MIN = 8;
const WRITERS = 2;
const AUDITS_KEPT = 50;
const COMPACTION = { retention: { byKind: { audit: { maxRecords: AUDITS_KEPT } } } };
const MAINTAINERS = [["compact", COMPACTION], ["compact", COMPACTION], ["scan", {}]] as const;

Deno.test("a sidecar deleted at any moment, beside writers and compactions, costs no record", () =>
  inTempDirectory(async (directory) => {
    const path = join(directory, "facts.ndjson");
    const ledger = new Ledger({ audit: AUDITS_KEPT });
    const runs: Run[] = [];
    const isEnough = () =>
      count(runs, ({ changed }) => changed) >= RUNS_MIN &&
      count(runs, ({ error }) => error !== undefined) >= RUNS_MIN;
    const enough = new Condition(isEnough);
    await using stack = new AsyncDisposableStack();
    const children = MAINTAINERS.map(([operation, options]) =>
      new Child(DENO, "_maintainer.ts", [path, operation, JSON.stringify(options)], (line) => {
        if (line !== '{"begun":true}') runs.push(JSON.parse(line));
        enough.look();
      })
    );
    for (let writer = 0; writer < WRITERS; writer++) {
      children.push(
        new Child(
          DENO,
          "_writer.ts",
          [path, writer, 0, 20, 1, 10],
          (line) => ledger.take(writer, line),
        ),
      );
    }
    for (const child of children) stack.use(child);
    await deleteUntil(enough.met, join(directory, ".facts.ndjson.papyra"));
    for (const child of children) assertEquals(await child.stop(), 0);
    expectRuns(runs);
    await expectSound(path, ledger);
  }));

async function deleteUntil(enough: Promise<void>, sidecar: string): Promise<void> {
  let isEnough = false;
  void enough.then(() => isEnough = true);
  while (!isEnough) {
    await Deno.remove(sidecar, { recursive: true }).catch(() => {});
    await setTimeout(-Math.log(Math.random()) * LIFE_MS);
  }
}

/** Those that do not come through say why, and no scan finds anything wrong. */
function expectRuns(runs: readonly Run[]): void {
  const failed = runs.filter(({ error }) => error !== undefined && error !== "BUSY");
  assertEquals(failed, []);
  // What is left of a run whose lock was deleted looks like that of one which was interrupted.
  const anomalies = runs.flatMap((run) => run.anomalies ?? []);
  assertEquals(anomalies.filter(({ code }) => code !== "LEFTOVER_TEMP_FILE"), []);
}

async function expectSound(path: string, ledger: Ledger): Promise<void> {
  await ledger.survey(path);
  await using store = new JsonFilePersistence(path);
  const { after } = await store.recover();
  assertEquals(after.anomalies, []);
}

function count<T>(items: readonly T[], isCounted: (item: T) => boolean): number {
  return items.filter(isCounted).length;
}
