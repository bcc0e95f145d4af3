import type { Acknowledgement, BackendCapabilities } from "../../lib/backend/backend.ts";
import type { CheckedQuery } from "../../lib/backend/checked_query.ts";
import type { EncodedRecord } from "../../lib/backend/persistence_base.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { PapyraError } from "../../lib/errors.ts";
import type { StoredRecord } from "../../lib/model/record.ts";
import type { CompactionReport } from "../../lib/model/report.ts";
import { type ConformanceCase, conformanceCases } from "../../lib/testing/conformance.ts";
import { assert, assertEquals } from "../_assert.ts";

/** A backend that can do nothing but keep records. */
class PlainBackend extends InMemoryPersistence {
  override backendCapabilities(): BackendCapabilities {
    return {
      scan: false,
      recover: false,
      compact: false,
      metrics: false,
      durable: false,
      sequenced: false,
      history: false,
      rotate: false,
      follow: false,
    };
  }

  protected override async _append(records: readonly EncodedRecord[]): Promise<Acknowledgement> {
    return { ...await super._append(records), firstSeq: null, lastSeq: null };
  }

  protected override async *_read(query: CheckedQuery): AsyncGenerator<readonly StoredRecord[]> {
    for await (const batch of super._read(query)) {
      yield batch.map((record) => ({ ...record, seq: null }));
    }
  }

  protected override _scan = refuse;
  protected override _planRecovery = refuse;
  protected override _recover = refuse;
  protected override _compact = refuse;
  protected override _loadMetrics = refuse;
  protected override _resetMetrics = refuse;
  protected override _addMetrics = () => Promise.resolve(false);
  protected override async *_history(): AsyncGenerator<never> {
    yield await refuse();
  }
}

function refuse(): Promise<never> {
  return Promise.reject(new PapyraError("UNSUPPORTED", "Cannot do that: this backend is plain"));
}

function casesOf(backend: typeof InMemoryPersistence): readonly ConformanceCase[] {
  return conformanceCases(() => ({
    open: (options) => Promise.resolve(new backend(options)),
    dispose: () => Promise.resolve(),
  }));
}

async function failuresOf(backend: typeof InMemoryPersistence): Promise<string[]> {
  const failures: string[] = [];
  for (const { name, run } of casesOf(backend)) {
    await run().catch(() => failures.push(name));
  }
  return failures;
}

Deno.test("conformanceCases() demands that a feature which is denied is refused", async () => {
  assertEquals(await failuresOf(PlainBackend), []);
});

Deno.test("conformanceCases() finds a backend that denies what it does", async () => {
  const failures = await failuresOf(
    class extends InMemoryPersistence {
      override backendCapabilities(): BackendCapabilities {
        return { ...super.backendCapabilities(), compact: false, history: false };
      }
    },
  );
  assert(failures.includes("the report's figures add up"));
  assert(failures.includes("a store that was never changed has no history"));
});

Deno.test("conformanceCases() finds a backend that writes late and out of order", async () => {
  const failures = await failuresOf(
    class extends InMemoryPersistence {
      protected override async _append(
        records: readonly EncodedRecord[],
      ): Promise<Acknowledgement> {
        if (records[0]!.json.length > 1000) await new Promise((resolve) => setTimeout(resolve));
        return await super._append(records);
      }
    },
  );
  assertEquals(failures, ["a large record does not let small ones pass"]);
});

Deno.test("conformanceCases() finds a compaction that removes too much", async () => {
  const failures = await failuresOf(
    class extends InMemoryPersistence {
      protected override _compact(
        ...[retention, options]: Parameters<InMemoryPersistence["_compact"]>
      ): Promise<CompactionReport> {
        const maxRecords = Math.max(0, (retention.maxRecords ?? Infinity) - 1);
        return super._compact({ ...retention, maxRecords }, options);
      }
    },
  );
  assert(failures.includes("compaction leaves exactly what reads kept before it"));
});

Deno.test("conformanceCases() gives every case a name of its own", () => {
  const names = casesOf(InMemoryPersistence).map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
});

Deno.test("conformanceCases() disposes of what it set up, also where a case fails", async () => {
  let [opened, disposed] = [0, 0];
  const cases = conformanceCases(() => {
    opened++;
    return {
      open: () => Promise.reject(new Error("no store today")),
      dispose: () => {
        disposed++;
        return Promise.resolve();
      },
    };
  });
  for (const { run } of cases.slice(0, 3)) await run().catch(() => {});
  assertEquals([opened, disposed], [3, 3]);
});
