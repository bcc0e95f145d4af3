/**
 * What a run came to, and the store's metrics behind it, sent to a collector once: `--otlp`.
 *
 * @module
 */

import type { Labels } from "../metrics/families.ts";
import { metricFamilies } from "../metrics/families.ts";
import { otlpMetrics, otlpSpan, type Resource } from "../metrics/otlp_json.ts";
import {
  type EndedRun,
  findingsOf,
  runFamilies,
  type RunFindings,
} from "../metrics/run_families.ts";
import type { MetricsSnapshot } from "../metrics/snapshot.ts";
import type { ExitCode } from "./exit_codes.ts";
import { openUnseenStoreOf } from "./open_store.ts";
import { type CollectorAddress, collectorAddress, pairsOf, sendOtlp } from "./otlp_client.ts";
import type { Session } from "./session.ts";
import type { SettingFlags } from "./settings.ts";
import { VERSION } from "./version.ts";

// The end of the command waits for it so long at most: a container or a cron job may wait for that.
const DEADLINE_MS = 2000;
// What a store that answers slowly leaves of it for the collector.
const SNAPSHOT_MS = 1000;
const GAUGES_MS = 700;

/** The collector that a command line names, or none. */
export class OtlpPush {
  #asked: { readonly command: string; readonly url: URL; readonly values: Values } | null = null;
  #began = 0;
  #found: RunFindings = {};

  /** Begins a run; values are those of its options. */
  begin(command: string, values: Values): void {
    const { otlp: url } = values;
    if (!(url instanceof URL)) return;
    this.#asked = { command, url, values };
    this.#began = performance.now();
  }

  /** Takes note of a report. */
  tell(report: object): void {
    if (this.#asked !== null) this.#found = findingsOf(report);
  }

  /** Sends it; that it cannot be sent is one line, and changes nothing about what the command came to. */
  async send(exitCode: ExitCode, session: Session): Promise<void> {
    if (this.#asked === null) return;
    const { command, url, values } = this.#asked;
    const { env } = session.terminal;
    const endedAt = Date.now() / 1000;
    const durationSeconds = (performance.now() - this.#began) / 1000;
    const successAt = exitCode === 0 ? endedAt : null;
    const run = { command, endedAt, durationSeconds, exitCode, successAt, found: this.#found };
    const address = collectorAddress(url, env["OTEL_EXPORTER_OTLP_HEADERS"]);
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const takeSnapshot = () => within(SNAPSHOT_MS, snapshotOf(values, session), null);
    const told = { run, resource: resourceOf(env), labels: labelsOf(values) };
    const pushed = pushTo(address, told, takeSnapshot, signal);
    const fault = await within(DEADLINE_MS, pushed, "it did not answer in time");
    if (fault === null) return;
    await session.notes.error(`Cannot send metrics to the collector at ${address.shown}: ${fault}`);
  }
}

type Values = Readonly<Record<string, unknown>>;

interface Told {
  readonly run: EndedRun;
  readonly resource: Resource;
  readonly labels: Labels;
}

async function pushTo(
  address: CollectorAddress,
  { run, resource, labels }: Told,
  takeSnapshot: () => Promise<MetricsSnapshot | null>,
  signal: AbortSignal,
): Promise<string | null> {
  const span = otlpSpan(spanOf(run), resource);
  const spanSent = sendOtlp(address, "/v1/traces", span, signal);
  const snapshot = await takeSnapshot();
  const families = [...runFamilies(run), ...(snapshot === null ? [] : metricFamilies(snapshot))];
  const context = {
    takenAt: snapshot?.taken_at ?? run.endedAt,
    since: snapshot?.totals.since ?? null,
    labels,
  };
  const metrics = otlpMetrics(families, resource, context);
  const fault = await sendOtlp(address, "/v1/metrics", metrics, signal);
  return fault ?? await spanSent;
}

function spanOf(
  { command, endedAt, durationSeconds, exitCode, found }: EndedRun,
): Parameters<typeof otlpSpan>[0] {
  const { anomalies, removedRecords, reclaimedBytes } = found;
  const counts = {
    anomalies,
    removed_records: removedRecords,
    reclaimed_bytes: reclaimedBytes,
  };
  const known = Object.entries(counts).filter(([, value]) => value !== undefined);
  return {
    name: `papyra ${command}`,
    startedAt: endedAt - durationSeconds,
    endedAt,
    isOk: exitCode === 0,
    facts: { command, exit_code: exitCode, ...Object.fromEntries(known) },
  };
}

// As the command left it: a store is closed by then, and what it counted is added to the totals.
async function snapshotOf(values: Values, session: Session): Promise<MetricsSnapshot | null> {
  const flags: SettingFlags = "to" in values
    ? { store: values["to"] as string, config: values["config"] as string | undefined }
    : values;
  await using store = await openUnseenStoreOf(flags, session);
  const counted = await store.metrics.snapshot({ withGauges: false });
  // Counters are read at once; gauges may take a look at the whole store.
  const signal = AbortSignal.timeout(GAUGES_MS);
  return await store.metrics.snapshot({ signal }).catch(() => counted);
}

// Where the store is what is wrong, the command has said so: failing is being late.
async function within<T>(ms: number, work: Promise<T>, otherwise: T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<T>((resolve) => timer = setTimeout(() => resolve(otherwise), ms));
  try {
    return await Promise.race([work.catch(() => otherwise), late]);
  } finally {
    clearTimeout(timer);
  }
}

function resourceOf(env: Session["terminal"]["env"]): Resource {
  return {
    "service.name": "papyra",
    "service.version": VERSION,
    ...pairsOf(env["OTEL_RESOURCE_ATTRIBUTES"]),
    ...(env["OTEL_SERVICE_NAME"] ? { "service.name": env["OTEL_SERVICE_NAME"] } : {}),
  };
}

function labelsOf({ storeLabel }: Values): Labels {
  return typeof storeLabel === "string" ? { store: storeLabel } : {};
}
