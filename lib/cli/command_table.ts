/**
 * The command table: everything that the command line can do. Parsing, help, completions and
 * docs/cli.md all come from it.
 *
 * @module
 */

import type { Command, CommandGroup } from "./command.ts";
import { completions } from "./commands/completions.ts";
import { copy } from "./commands/copy.ts";
import { doctorDisk } from "./commands/doctor_disk.ts";
import { doctorRedis } from "./commands/doctor_redis.ts";
import { doctorRun } from "./commands/doctor_run.ts";
import { ingest } from "./commands/ingest.ts";
import { inspectAudits } from "./commands/inspect_audits.ts";
import { inspectDeadLetters } from "./commands/inspect_dead_letters.ts";
import { inspectEvents } from "./commands/inspect_events.ts";
import { inspectRecords } from "./commands/inspect_records.ts";
import { inspectSummary } from "./commands/inspect_summary.ts";
import { metricsExport } from "./commands/metrics_export.ts";
import { metricsPersistence } from "./commands/metrics_persistence.ts";
import { metricsReset } from "./commands/metrics_reset.ts";
import { persistenceCompact } from "./commands/persistence_compact.ts";
import { persistenceHistory } from "./commands/persistence_history.ts";
import { persistenceInspect } from "./commands/persistence_inspect.ts";
import { persistenceRecover } from "./commands/persistence_recover.ts";
import { persistenceRotate } from "./commands/persistence_rotate.ts";
import { persistenceScan } from "./commands/persistence_scan.ts";
import { persistenceStartupCheck } from "./commands/persistence_startup_check.ts";
import { recordAudit } from "./commands/record_audit.ts";
import { recordDeadLetter } from "./commands/record_dead_letter.ts";
import { recordEvent } from "./commands/record_event.ts";
import { redisAck } from "./commands/redis_ack.ts";
import { redisClaim } from "./commands/redis_claim.ts";
import { redisConsume } from "./commands/redis_consume.ts";
import { redisGroups } from "./commands/redis_groups.ts";
import { redisPending } from "./commands/redis_pending.ts";
import { redisTrim } from "./commands/redis_trim.ts";
import { report } from "./commands/report.ts";
import { serve } from "./commands/serve.ts";

/** The groups, in the order in which they are shown. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    name: "doctor",
    summary: "Check a store before a system starts, and the disk or server under it",
  },
  { name: "persistence", summary: "Check, mend, bound and describe a store" },
  { name: "inspect", summary: "Read what was recorded" },
  { name: "metrics", summary: "Read, export and reset the metrics of a store" },
  { name: "record", summary: "Record one record" },
  { name: "redis", summary: "Work with the consumer groups of a store on Redis" },
];

/** The commands, in the order in which they are shown. */
export const COMMANDS: readonly Command[] = [
  doctorRun,
  doctorDisk,
  doctorRedis,
  persistenceScan,
  persistenceRecover,
  persistenceStartupCheck,
  persistenceCompact,
  persistenceRotate,
  persistenceInspect,
  persistenceHistory,
  inspectEvents,
  inspectAudits,
  inspectDeadLetters,
  inspectRecords,
  inspectSummary,
  metricsPersistence,
  metricsExport,
  metricsReset,
  serve,
  recordEvent,
  recordAudit,
  recordDeadLetter,
  redisGroups,
  redisPending,
  redisConsume,
  redisAck,
  redisClaim,
  redisTrim,
  ingest,
  copy,
  report,
  completions,
];

/** The commands of a group; those without one for null. */
export function commandsOf(group: CommandGroup | null): readonly Command[] {
  return COMMANDS.filter(({ name }) =>
    group === null ? !name.includes(" ") : name.startsWith(`${group.name} `)
  );
}
