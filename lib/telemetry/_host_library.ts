/**
 * OpenTelemetry, by the names that are used of it: a bundle in parts gives what it loads later only the
 * names that something in between exports.
 *
 * @module
 */

export { metrics, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
