import type { Acknowledgement, ScanOptions } from "../../lib/backend/backend.ts";
import type { CheckedQuery } from "../../lib/backend/checked_query.ts";
import type { EncodedRecord } from "../../lib/backend/persistence_base.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import type { MetricsShare } from "../../lib/metrics/share.ts";
import type { StoredRecord } from "../../lib/model/record.ts";
import type { ScanReport } from "../../lib/model/report.ts";

/** A backend of which a test can take over single steps; each is given what would happen else. */
export class ScriptedBackend extends InMemoryPersistence {
  onAppend: (count: number, append: () => Promise<Acknowledgement>) => Promise<Acknowledgement> = (
    _count,
    append,
  ) => append();
  onRead: (read: AsyncGenerator<readonly StoredRecord[]>, query: CheckedQuery) => AsyncGenerator<
    readonly StoredRecord[]
  > = (read) => read;
  onScan: (scan: () => Promise<ScanReport>) => Promise<ScanReport> = (scan) => scan();
  onAddMetrics: (add: () => Promise<boolean>) => Promise<boolean> = (add) => add();
  onFlush: () => Promise<void> = () => Promise.resolve();
  onClose: (close: () => Promise<void>) => Promise<void> = (close) => close();

  protected override _append(records: readonly EncodedRecord[]): Promise<Acknowledgement> {
    return this.onAppend(records.length, () => super._append(records));
  }

  protected override _read(query: CheckedQuery): AsyncGenerator<readonly StoredRecord[]> {
    return this.onRead(super._read(query), query);
  }

  protected override _scan(options: ScanOptions): Promise<ScanReport> {
    return this.onScan(() => super._scan(options));
  }

  protected override _addMetrics(share: MetricsShare): Promise<boolean> {
    return this.onAddMetrics(() => super._addMetrics(share));
  }

  protected override _flush(): Promise<void> {
    return this.onFlush();
  }

  protected override _close(): Promise<void> {
    return this.onClose(() => super._close());
  }
}

/** Something to wait for, and the means to let it come. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** Makes a gate that is shut. */
export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
