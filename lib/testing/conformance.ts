/**
 * The conformance suite, for those who write a backend of their own; this is its table of contents.
 *
 * It says what Papyra's contract means, case by case, and belongs to no test runner: hand each case
 * to the one in use. What a backend cannot do, by its `backendCapabilities()`, has to be refused.
 *
 * @example
 * ```ts
 * import { InMemoryPersistence } from "@papyra/papyra";
 * import { conformanceCases } from "@papyra/papyra/testing";
 *
 * const cases = conformanceCases(() => ({
 *   open: (options) => Promise.resolve(new InMemoryPersistence(options)),
 *   dispose: () => Promise.resolve(),
 * }));
 * for (const { name, run } of cases.slice(0, 3)) {
 *   await run(); // or Deno.test(name, run)
 *   console.log("ok", name);
 * }
 * ```
 *
 * @module
 */

import type { CaseBody, CaseGroup } from "./case_group.ts";
import { abortCases } from "./cases/abort_cases.ts";
import { capabilityCases } from "./cases/capability_cases.ts";
import { compactCases } from "./cases/compact_cases.ts";
import { durabilityCases } from "./cases/durability_cases.ts";
import { filterCases } from "./cases/filter_cases.ts";
import { followCases } from "./cases/follow_cases.ts";
import { historyCases } from "./cases/history_cases.ts";
import { invalidRecordCases } from "./cases/invalid_record_cases.ts";
import { lifecycleCases } from "./cases/lifecycle_cases.ts";
import { metricsCases } from "./cases/metrics_cases.ts";
import { orderCases } from "./cases/order_cases.ts";
import { payloadCases } from "./cases/payload_cases.ts";
import { queryCases } from "./cases/query_cases.ts";
import { readCases } from "./cases/read_cases.ts";
import { recordCases } from "./cases/record_cases.ts";
import { recordManyCases } from "./cases/record_many_cases.ts";
import { recorderCases } from "./cases/recorder_cases.ts";
import { recoverCases } from "./cases/recover_cases.ts";
import { retentionCases } from "./cases/retention_cases.ts";
import { rotateCases } from "./cases/rotate_cases.ts";
import { scanCases } from "./cases/scan_cases.ts";
import { sequenceCases } from "./cases/sequence_cases.ts";
import { type ConformanceSetup, Stage } from "./stage.ts";

export type { ConformanceSetup } from "./stage.ts";

/** One thing that the contract demands. */
export interface ConformanceCase {
  /** What it demands. */
  readonly name: string;
  /** Rejects where the backend does not do it. */
  run(): Promise<void>;
}

const GROUPS: readonly CaseGroup[] = [
  capabilityCases,
  recordCases,
  recordManyCases,
  sequenceCases,
  invalidRecordCases,
  payloadCases,
  orderCases,
  readCases,
  filterCases,
  queryCases,
  retentionCases,
  scanCases,
  recoverCases,
  compactCases,
  historyCases,
  rotateCases,
  followCases,
  metricsCases,
  lifecycleCases,
  abortCases,
  durabilityCases,
  recorderCases,
];

/**
 * Every case, in order. `setup` is called for each one, and what it returns is disposed of after it.
 *
 * A case about a feature that `backendCapabilities()` denies demands that it is refused instead.
 *
 * @example
 * ```ts
 * import { InMemoryPersistence } from "@papyra/papyra";
 * import { conformanceCases } from "@papyra/papyra/testing";
 *
 * const cases = conformanceCases(() => ({
 *   open: (options) => Promise.resolve(new InMemoryPersistence(options)),
 *   dispose: () => Promise.resolve(),
 * }));
 * console.log(cases.length > 100); // true
 * ```
 */
export function conformanceCases(
  setup: () => ConformanceSetup | Promise<ConformanceSetup>,
): readonly ConformanceCase[] {
  return GROUPS.flatMap((group) =>
    Object.entries(group.cases).map(([name, body]) => ({
      name,
      run: () => runCase(setup, group, body),
    }))
  );
}

async function runCase(
  setup: () => ConformanceSetup | Promise<ConformanceSetup>,
  group: CaseGroup,
  body: CaseBody,
): Promise<void> {
  await using stage = new Stage(await setup());
  if (group.feature !== null) {
    const store = await stage.open();
    if (!store.backendCapabilities()[group.feature]) return await group.whereMissing(store, stage);
  }
  await body(stage);
}
