/** Every call of every workload fails once, in every way; nothing that was promised may be broken. */

import { PapyraError } from "../../lib/errors.ts";
import { assert, assertEquals } from "../_assert.ts";
import { SimulatedDisk } from "./_simulated_disk.ts";
import { type Fate, SimulatedFileSystem } from "./_simulated_file_system.ts";
import {
  type Ledger,
  newLedger,
  openOn,
  prepareStore,
  recordNamed,
  STORE_PATH,
  type Workload,
  WORKLOADS,
} from "./_workloads.ts";

const FAILURES: readonly Exclude<Fate, "happens">[] = [
  { code: "EIO" },
  { code: "ENOSPC" },
  { code: "EACCES" },
  { code: "EMFILE" },
  "short",
];

for (const workload of WORKLOADS) {
  for (const failure of FAILURES) {
    const what = typeof failure === "string" ? "writes short" : `fails with ${failure.code}`;
    Deno.test(`"${workload.name}" keeps its promises when any one call ${what}`, async () => {
      for (let index = 0;; index++) {
        const run = await runFailingAt(workload, failure, index);
        await checkRun(run, workload, `${workload.name}, call ${index} (${run.failed}) ${what}`);
        if (run.failed === "") break;
      }
    });
  }
}

interface FailedRun {
  readonly disk: SimulatedDisk;
  readonly ledger: Ledger;
  /** The call that failed; empty where there were fewer calls. */
  readonly failed: string;
  /** What the workload threw; null where it ran to its end. */
  readonly thrown: unknown;
}

async function runFailingAt(
  workload: Workload,
  failure: Exclude<Fate, "happens">,
  at: number,
): Promise<FailedRun> {
  const disk = new SimulatedDisk();
  await prepareStore(disk, workload);
  const ledger = newLedger();
  let failed = "";
  const fileSystem = new SimulatedFileSystem(disk, ({ index, name, path }) => {
    if (index !== at) return "happens";
    failed = `${name} ${path}`;
    return failure;
  });
  const store = openOn(fileSystem, workload.durability);
  let thrown: unknown = null;
  try {
    await workload.run(store, ledger);
  } catch (error) {
    thrown = error;
  }
  const isWriterSync = workload.isWritingOnly === true &&
    new RegExp(`^sync(Data)? ${STORE_PATH}$`).test(failed);
  await checkGoesOn(store, ledger, failed, isWriterSync && failure !== "short");
  await store.close().catch((error) => thrown ??= error);
  fileSystem.die();
  return { disk, ledger, failed, thrown };
}

// A single failure passes: only a failed sync stops the store, until it is opened again.
async function checkGoesOn(
  store: ReturnType<typeof openOn>,
  ledger: Ledger,
  failed: string,
  isWriterSync: boolean,
): Promise<void> {
  const refusal = await recordNamed(store, ledger, "again").then(() => null, (error) => error);
  if (refusal === null) {
    assert(!isWriterSync, `after ${failed}, the store goes on as if nothing had been lost`);
    return;
  }
  const { code } = refusal as { code?: unknown };
  const isExpected = code === "STORE_CLOSED" || code === "STORE_FAILED";
  assert(isExpected, `after ${failed}, the next record: ${refusal}`);
  const isSync = /^(sync|syncData|syncDirectory) /.test(failed);
  assert(code !== "STORE_FAILED" || isSync, `after ${failed}, the store refuses to go on`);
}

async function checkRun(run: FailedRun, workload: Workload, context: string): Promise<void> {
  const { disk, ledger, thrown } = run;
  assert(thrown === null || thrown instanceof PapyraError, `${context}: untyped ${thrown}`);
  const store = openOn(new SimulatedFileSystem(disk));
  const found = (await store.listEvents()).map(({ eventType }) => eventType);
  const promised = [...workload.survivors, ...ledger.acknowledged];
  assertEquals(found.filter((name) => promised.includes(name)), promised, context);
  const ghosts = found.filter((name) => ledger.refused.includes(name));
  assertEquals(ghosts, [], `${context}: refused as not written, and there`);
  assertEquals(new Set(found).size, found.length, `${context}: twice in ${found}`);
  // With the fault gone, the same calls succeed.
  await workload.run(store, newLedger());
  const reopened = openOn(new SimulatedFileSystem(disk));
  const { after } = await reopened.recover();
  assert(after.healthy, `${context}: ${JSON.stringify(after.anomalies)}`);
  await reopened.close();
}
