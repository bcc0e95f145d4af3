/**
 * Papyra keeps the facts that systems of actors, tasks and workers produce (events, audits, dead
 * letters) in append-only stores, and lets operators bound, check, repair and observe them.
 *
 * An acknowledged record is never lost, damage is never silent, and nothing is changed or removed
 * without being asked for and accounted for.
 *
 * @example Record, read, compact
 * ```ts
 * import { openStore } from "@papyra/papyra";
 *
 * await using store = await openStore({
 *   url: "memory:", // or "file:/var/lib/orders/facts.ndjson"
 *   retention: { maxRecords: 100_000, byKind: { dead_letter: { maxRecords: 1_000_000 } } },
 *   startup: { mode: "fail_on_anomaly" },
 * });
 *
 * await store.recordEvent({ eventType: "ActorStarted", actorAddress: "local://1" });
 * await store.recordDeadLetter({ messageType: "Ping", target: "local://7", payload: { n: 1 } });
 *
 * for await (const event of store.events({ limit: 50, reverse: true })) {
 *   console.log(event.seq, event.eventType);
 * }
 * const report = await store.compact();
 * console.log(report.removedRecords); // 0
 * ```
 *
 * @example Record from an actor runtime, which must go on whatever happens
 * ```ts
 * import { createRecorder, openStore } from "@papyra/papyra";
 *
 * await using store = await openStore("memory:");
 * await using recorder = createRecorder(store, {
 *   onDrop: ({ reason, error }) => console.error("record given up:", reason, error),
 * });
 * recorder.event({ eventType: "ActorStopped", actorAddress: "local://1" });
 * ```
 *
 * @module
 */

export {
  type ErrorCode,
  type ErrorPosition,
  PapyraError,
  type PapyraErrorOptions,
  throwIfAborted,
} from "./lib/errors.ts";
export type * from "./lib/model/record.ts";
export { isRecordKind, RECORD_KINDS } from "./lib/model/record.ts";
export { formatAddress, isSameAddress } from "./lib/model/address.ts";
export type * from "./lib/model/anomaly.ts";
export { ANOMALY_SEVERITIES } from "./lib/model/anomaly.ts";
export type { Compression } from "./lib/model/compression.ts";
export type * from "./lib/model/consumer_group.ts";
export type * from "./lib/model/mode.ts";
export { RECOVERY_MODES, STARTUP_MODES } from "./lib/model/mode.ts";
export type * from "./lib/model/report.ts";
export type * from "./lib/model/retention.ts";
export type * from "./lib/model/server_report.ts";
export type {
  VolumeCheckResult,
  VolumeDurability,
  VolumeFigures,
  VolumeFinding,
} from "./lib/model/volume_report.ts";
export { planRetention } from "./lib/model/retention.ts";
export { decodeRecord, recordToWire } from "./lib/model/wire.ts";
export type * from "./lib/metrics/snapshot.ts";
export { COUNTER_NAMES, HISTOGRAM_NAMES, METRICS_SCHEMA } from "./lib/metrics/snapshot.ts";
export type { KeptTotals, MetricsShare } from "./lib/metrics/share.ts";
export { addShares, EMPTY_SHARE, NO_TOTALS } from "./lib/metrics/share.ts";
export type * from "./lib/backend/backend.ts";
export { backendCapabilities } from "./lib/backend/capabilities.ts";
export type { CheckedFollow } from "./lib/backend/checked_follow.ts";
export type { CheckedQuery } from "./lib/backend/checked_query.ts";
export type { CheckedRecovery } from "./lib/backend/checked_recovery.ts";
export type * from "./lib/backend/group_backend.ts";
export type * from "./lib/backend/persistence_base.ts";
export type * from "./lib/backend/server_backend.ts";
export type { MeasuredStore } from "./lib/backend/store_metrics.ts";
export { PersistenceBase } from "./lib/backend/persistence_base.ts";
export type { PersistencePrimitives } from "./lib/backend/persistence_primitives.ts";
export type * from "./lib/backend/raw_store.ts";
export type { OutlineQuery, RecordOutline } from "./lib/backend/record_outline.ts";
export type * from "./lib/backend/recorder.ts";
export { createRecorder } from "./lib/backend/recorder.ts";
export type * from "./lib/backends/file/file_persistence.ts";
export type * from "./lib/backends/file/json_file_persistence.ts";
export { JsonFilePersistence } from "./lib/backends/file/json_file_persistence.ts";
export type { SegmentLimits } from "./lib/storage/appending/segment_limits.ts";
export type * from "./lib/backends/file/rotating_file_persistence.ts";
export { RotatingFilePersistence } from "./lib/backends/file/rotating_file_persistence.ts";
export { InMemoryPersistence } from "./lib/backends/memory/in_memory_persistence.ts";
export type {
  RedisConnectionOptions,
  RedisStreamsOptions,
  RedisTlsOptions,
} from "./lib/backends/redis/config/redis_config.ts";
export { RedisStreamsPersistence } from "./lib/backends/redis/redis_streams_persistence.ts";
export type { BackendOptions } from "./lib/backends/registry.ts";
export type * from "./lib/operations/copy_report.ts";
export { copyStore } from "./lib/operations/copy_store.ts";
export type { CopyTally } from "./lib/operations/copy_tally.ts";
export type { CopyVerification } from "./lib/operations/copy_verify.ts";
export type * from "./lib/operations/open_store.ts";
export { openStore } from "./lib/operations/open_store.ts";
export type * from "./lib/operations/startup.ts";
export { checkStartup } from "./lib/operations/startup.ts";
export type * from "./lib/http/store_handlers.ts";
export { createStoreHandlers } from "./lib/http/store_handlers.ts";
export type { HttpHandler } from "./lib/http/handler.ts";
export type { HealthMode } from "./lib/http/healthz.ts";
export type { StoreVerdict } from "./lib/http/store_check.ts";
export type { ReportOptions } from "./lib/report/create_report.ts";
export { createReport } from "./lib/report/create_report.ts";
export type * from "./lib/report/store_report.ts";
export { reportMarkdown } from "./lib/report/report_markdown.ts";
export { PAGE_POLICY, reportPage } from "./lib/report/page/report_page.ts";
export type * from "./lib/storage/file_system.ts";
