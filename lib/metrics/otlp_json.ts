/**
 * Metrics and spans in the JSON encoding of OTLP, version 1: 64-bit numbers are strings, ids hexadecimal.
 *
 * @module
 */

import type { Labels, MetricFamily, Sample } from "./families.ts";
import { attributesOf, instrumentName } from "./otel_names.ts";
import type { Histogram } from "./snapshot.ts";

/** Who sends, as OpenTelemetry names it: `service.name` and the like. */
export type Resource = { readonly [name: string]: string };

/** A time span of a trace that is sent. */
export interface SentSpan {
  /** Its name. */
  readonly name: string;
  /** When it began and ended, Unix seconds. */
  readonly startedAt: number;
  /** When it ended. */
  readonly endedAt: number;
  /** Whether it ended well. */
  readonly isOk: boolean;
  /** What it tells, without `papyra.` before the names. */
  readonly facts: { readonly [name: string]: string | number };
}

/** What metrics are told with. */
export interface MetricsContext {
  /** When they were measured, Unix seconds. */
  readonly takenAt: number;
  /** Since when counters count, Unix seconds; null where nobody knows. */
  readonly since: number | null;
  /** What is told on every value beside its own labels. */
  readonly labels: Labels;
}

const SCOPE = { name: "papyra" };
const CUMULATIVE = 2;
const KIND_INTERNAL = 1;
const STATUS_OK = 1;
const STATUS_ERROR = 2;
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** The body of a request to `/v1/metrics`. */
export function otlpMetrics(
  families: readonly MetricFamily[],
  resource: Resource,
  context: MetricsContext,
): string {
  const metrics = families.map((family) => metricOf(family, context));
  return JSON.stringify({
    resourceMetrics: [{
      resource: { attributes: keyValues(resource) },
      scopeMetrics: [{ scope: SCOPE, metrics }],
    }],
  });
}

/** The body of a request to `/v1/traces`, with a trace of its own. */
export function otlpSpan(span: SentSpan, resource: Resource): string {
  const spans = [{
    traceId: randomId(TRACE_ID_BYTES),
    spanId: randomId(SPAN_ID_BYTES),
    name: span.name,
    kind: KIND_INTERNAL,
    startTimeUnixNano: nanoseconds(span.startedAt),
    endTimeUnixNano: nanoseconds(span.endedAt),
    attributes: keyValues(attributesOf(span.facts)),
    status: { code: span.isOk ? STATUS_OK : STATUS_ERROR },
  }];
  return JSON.stringify({
    resourceSpans: [{
      resource: { attributes: keyValues(resource) },
      scopeSpans: [{ scope: SCOPE, spans }],
    }],
  });
}

function metricOf(family: MetricFamily, context: MetricsContext): Record<string, unknown> {
  const { type, help, samples } = family;
  const dataPoints = samples.map((sample) => pointOf(sample, type, context));
  const about = { ...instrumentName(family), description: help };
  if (type === "gauge") return { ...about, gauge: { dataPoints } };
  const summed = { dataPoints, aggregationTemporality: CUMULATIVE };
  if (type === "histogram") return { ...about, histogram: summed };
  return { ...about, sum: { ...summed, isMonotonic: true } };
}

function pointOf(
  { labels, value }: Sample,
  type: MetricFamily["type"],
  { takenAt, since, labels: common }: MetricsContext,
): Record<string, unknown> {
  const about = {
    attributes: keyValues(attributesOf({ ...common, ...labels })),
    ...(type === "gauge" || since === null ? {} : { startTimeUnixNano: nanoseconds(since) }),
    timeUnixNano: nanoseconds(takenAt),
  };
  if (typeof value !== "number") return { ...about, ...histogramOf(value) };
  return { ...about, ...(type === "counter" ? { asInt: `${value}` } : { asDouble: value }) };
}

function histogramOf({ count, sum, counts, bounds }: Histogram): Record<string, unknown> {
  return {
    count: `${count}`,
    sum,
    bucketCounts: counts.map((each) => `${each}`),
    explicitBounds: bounds,
  };
}

function keyValues(attributes: { readonly [name: string]: string | number }): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === "string"
      ? { stringValue: value.toWellFormed() }
      : Number.isSafeInteger(value)
      ? { intValue: `${value}` }
      : { doubleValue: value },
  }));
}

// Microseconds are what a double still tells of the time of day.
function nanoseconds(seconds: number): string {
  return `${BigInt(Math.round(seconds * 1e6)) * 1000n}`;
}

function randomId(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
