import type { MaintenanceOptions, StartupOptions } from "../../lib/backend/backend.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { PapyraError } from "../../lib/errors.ts";
import { STARTUP_MODES } from "../../lib/model/mode.ts";
import type { RecoveryReport, ScanReport } from "../../lib/model/report.ts";
import { checkStartup, startupError } from "../../lib/operations/startup.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../_assert.ts";

const RECOVERY = { mode: "repair", quarantineDir: null, ackDangling: false } as const;

/** A store with so many anomalies, of which a recovery leaves so many. */
class DamagedStore extends InMemoryPersistence {
  readonly calls: string[] = [];
  #anomalies: number;
  readonly #left: number;

  constructor(anomalies: number, left = 0) {
    super();
    this.#anomalies = anomalies;
    this.#left = left;
  }

  override async scan(options: MaintenanceOptions = {}): Promise<ScanReport> {
    this.calls.push("scan");
    const anomaliesTotal = this.#anomalies;
    return { ...await super.scan(options), healthy: anomaliesTotal === 0, anomaliesTotal };
  }

  protected override async _recover(): Promise<RecoveryReport> {
    this.calls.push("recover");
    const before = await this.scan();
    this.#anomalies = this.#left;
    const after = await this.scan();
    return { ...await super._recover(RECOVERY, {}), before, after };
  }
}

Deno.test("checkStartup() follows its table", async () => {
  const table: readonly (readonly [StartupOptions["mode"], number, number, string, boolean])[] = [
    ["ignore", 0, 0, "not_checked", true],
    ["ignore", 2, 2, "not_checked", true],
    ["scan_only", 0, 0, "healthy", true],
    ["scan_only", 2, 0, "anomalies_reported", true],
    ["fail_on_anomaly", 0, 0, "healthy", true],
    ["fail_on_anomaly", 2, 0, "anomalies_refused", false],
    ["recover", 0, 0, "healthy", true],
    ["recover", 2, 0, "recovered", true],
    ["recover", 2, 1, "anomalies_remain", false],
  ];
  for (const [mode, anomalies, left, verdict, isReady] of table) {
    await using store = new DamagedStore(anomalies, left);
    const report = await checkStartup(store, mode === undefined ? {} : { mode });
    assertEquals([report.mode, report.verdict, report.isReady], [mode, verdict, isReady]);
    assertEquals(report.scan !== null, mode !== "ignore");
    assertEquals(report.recovery !== null, mode === "recover" && anomalies > 0);
    assertEquals(store.calls.includes("recover"), report.recovery !== null);
  }
});

Deno.test("checkStartup() looks at nothing where no mode is given", async () => {
  await using store = new DamagedStore(1);
  const report = await checkStartup(store);
  assertEquals([report.verdict, store.calls], ["not_checked", []]);
});

Deno.test("checkStartup() refuses unknown modes before it looks", async () => {
  await using store = new DamagedStore(0);
  for (const mode of ["recovr", ""]) {
    const options = { mode } as unknown as StartupOptions;
    const error = await assertRejects(() => checkStartup(store, options), PapyraError);
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
  assertEquals(store.calls, []);
});

Deno.test("checkStartup() refuses a recovery that cannot be, also of a healthy store", async () => {
  await using store = new DamagedStore(0);
  const options: StartupOptions = { mode: "recover", recovery: { mode: "quarantine" } };
  const error = await assertRejects(() => checkStartup(store, options), PapyraError);
  assertEquals([error.code, store.calls], ["INVALID_ARGUMENT", []]);
});

Deno.test("checkStartup() stops when its time is over, or when it is told to", async () => {
  await using store = new DamagedStore(1);
  for (const mode of STARTUP_MODES.filter((each) => each !== "ignore")) {
    const stopped = await assertRejects(
      () => checkStartup(store, { mode, timeoutMs: 60_000, signal: AbortSignal.abort() }),
      PapyraError,
    );
    assertEquals(stopped.code, "ABORTED");
  }
  const signal = AbortSignal.abort(new DOMException("too long", "TimeoutError"));
  const late = await assertRejects(
    () => checkStartup(store, { mode: "scan_only", signal }),
    PapyraError,
  );
  assertEquals(late.code, "TIMED_OUT");
});

Deno.test("checkStartup() times out a scan that takes too long", async () => {
  await using store = new (class extends InMemoryPersistence {
    protected override _scan(options: MaintenanceOptions): Promise<ScanReport> {
      return new Promise((_resolve, reject) => {
        const signal = options.signal!;
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    }
  })();
  const started = checkStartup(store, { mode: "scan_only", timeoutMs: 5 });
  const error = await assertRejects(() => started, PapyraError);
  assertEquals(error.code, "TIMED_OUT");
});

Deno.test("checkStartup() refuses a time limit that is none", async () => {
  await using store = new DamagedStore(0);
  for (const timeoutMs of [NaN, -1]) {
    const error = await assertRejects(
      () => checkStartup(store, { mode: "scan_only", timeoutMs }),
      PapyraError,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});

Deno.test("startupError() says what was found, where, and what to do next", async () => {
  await using refused = new DamagedStore(2);
  const found = startupError(refused, await checkStartup(refused, { mode: "fail_on_anomaly" }));
  assertEquals(found.code, "ANOMALIES_FOUND");
  assertMatch(found.message, /memory:.*2 anomalies.*papyra persistence scan/);
  await using remaining = new DamagedStore(2, 1);
  const left = startupError(remaining, await checkStartup(remaining, { mode: "recover" }));
  assertEquals(left.code, "ANOMALIES_REMAIN");
  assert(left.message.includes("1 anomalies remain"));
});
