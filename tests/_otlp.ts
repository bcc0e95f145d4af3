/**
 * What collectors are sent, read by OpenTelemetry's own definitions.
 *
 * @module
 */

import definitions from "@opentelemetry/otlp-transformer/definitions";
import { assertEquals } from "./_assert.ts";
import type { Collected } from "./_collector.ts";

/** Attributes by their names. */
export type Attributes = Record<string, string | number | boolean>;

/** One value of a metric. */
export interface Point {
  readonly attributes: Attributes;
  readonly value: number;
  /** Of a histogram. */
  readonly counts: readonly number[];
}

/** One metric. */
export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly type: "sum" | "gauge" | "histogram";
  readonly isMonotonic: boolean;
  readonly points: readonly Point[];
}

/** One span. */
export interface Span {
  readonly name: string;
  readonly id: string;
  readonly parent: string;
  readonly status: number;
  readonly attributes: Attributes;
  readonly events: readonly { name: string; attributes: Attributes }[];
}

/** What the definitions read of a request. What is not there was not sent. */
interface Message {
  readonly resourceMetrics?: readonly { readonly scopeMetrics: readonly SentMetrics[] }[];
  readonly resourceSpans?: readonly { readonly scopeSpans: readonly SentSpans[] }[];
}

interface Scoped {
  readonly scope: { readonly name: string };
}

interface SentMetrics extends Scoped {
  readonly metrics: readonly SentMetric[];
}

interface SentSpans extends Scoped {
  readonly spans: readonly SentSpan[];
}

interface SentMetric {
  readonly name: string;
  readonly unit?: string;
  readonly sum?: SentData & { readonly isMonotonic?: boolean };
  readonly gauge?: SentData;
  readonly histogram?: SentData;
}

interface SentData {
  readonly dataPoints: readonly SentPoint[];
}

interface SentPoint {
  readonly attributes?: readonly SentAttribute[];
  readonly asDouble?: number;
  readonly asInt?: number;
  readonly count?: number;
  readonly bucketCounts?: readonly number[];
}

interface SentSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status?: { readonly code?: number };
  readonly attributes?: readonly SentAttribute[];
  readonly events?: readonly {
    readonly name: string;
    readonly attributes?: readonly SentAttribute[];
  }[];
}

interface SentAttribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: number;
    readonly doubleValue?: number;
    readonly boolValue?: boolean;
  };
}

/** How the definitions read and write one kind of message. */
interface MessageType {
  decode(bytes: Uint8Array): object;
  fromObject(sent: unknown): object;
  toObject(message: object, options: object): Message;
}

/** The definitions, as far as they are used here. */
interface Definitions {
  readonly opentelemetry: {
    readonly proto: {
      readonly collector: {
        readonly [signal in "metrics" | "trace"]: {
          readonly v1: { readonly [name: string]: MessageType };
        };
      };
    };
  };
}

/** What was sent to `/v1/metrics`. */
export function metricsOf(requests: readonly Collected[]): Metric[] {
  return sentTo(requests, "/v1/metrics", "metrics", "ExportMetricsServiceRequest")
    .flatMap(({ resourceMetrics }) => resourceMetrics!)
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .filter(({ scope }) => scope.name === "papyra")
    .flatMap(({ metrics }) => metrics.map(metricOf));
}

/** What was sent to `/v1/traces`. */
export function spansOf(requests: readonly Collected[]): Span[] {
  return sentTo(requests, "/v1/traces", "trace", "ExportTraceServiceRequest")
    .flatMap(({ resourceSpans }) => resourceSpans!)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .filter(({ scope }) => scope.name === "papyra")
    .flatMap(({ spans }) => spans.map(spanOf));
}

function sentTo(
  requests: readonly Collected[],
  path: string,
  signal: "metrics" | "trace",
  name: string,
): Message[] {
  const { collector } = (definitions as unknown as Definitions).opentelemetry.proto;
  const type = collector[signal].v1[name]!;
  const options = { longs: Number, bytes: String, defaults: false };
  return requests.filter((request) => request.path === path).map(({ headers, body }) => {
    if (!headers.get("content-type")!.startsWith("application/json")) {
      return type.toObject(type.decode(body), options);
    }
    const sent = JSON.parse(new TextDecoder().decode(body));
    const read = type.toObject(type.fromObject(sent), { ...options, longs: String });
    // Nothing that the definitions do not know, and numbers of 64 bits as strings.
    assertEquals(read, withoutEmpty(sent));
    return type.toObject(type.fromObject(sent), options);
  });
}

// A list of nothing comes back as none. Ids are hexadecimal in JSON, which the definitions take for
// base64 and make the same of again.
function withoutEmpty(sent: unknown): unknown {
  const orNone = (_: string, value: unknown) =>
    Array.isArray(value) && value.length === 0 ? undefined : value;
  return JSON.parse(JSON.stringify(sent), orNone);
}

function metricOf({ name, unit = "", sum, gauge, histogram }: SentMetric): Metric {
  const { dataPoints } = sum ?? gauge ?? histogram!;
  return {
    name,
    unit,
    type: sum ? "sum" : gauge ? "gauge" : "histogram",
    isMonotonic: sum?.isMonotonic ?? false,
    points: dataPoints.map((point) => ({
      attributes: attributesOf(point.attributes),
      value: point.asDouble ?? point.asInt ?? point.count ?? 0,
      counts: point.bucketCounts ?? [],
    })),
  };
}

function spanOf({ name, spanId, parentSpanId, status, attributes, events = [] }: SentSpan): Span {
  return {
    name,
    id: spanId,
    parent: parentSpanId ?? "",
    status: status?.code ?? 0,
    attributes: attributesOf(attributes),
    events: events.map((event) => ({
      name: event.name,
      attributes: attributesOf(event.attributes),
    })),
  };
}

function attributesOf(attributes: readonly SentAttribute[] = []): Attributes {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue!,
    ]),
  );
}
