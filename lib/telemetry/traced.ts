/**
 * Operations as spans of the host's traces.
 *
 * @module
 */

import type { Span } from "@opentelemetry/api";
import { PapyraError } from "../errors.ts";
import { attributesOf } from "../metrics/otel_names.ts";
import { type HostApi, hostApi, SCOPE } from "./host_api.ts";

/** The names of the spans. */
export type SpanName =
  | "papyra.open"
  | "papyra.scan"
  | "papyra.recovery"
  | "papyra.compaction"
  | "papyra.write"
  | "papyra.sync";

/** What a span tells, without `papyra.` before the names; never a path, an address or what records hold. */
export type SpanFacts = { readonly [name: string]: string | number | boolean };

/** Runs an operation in a span, where the host traces; `factsOf` says what came of it. */
export function traced<T>(
  name: SpanName,
  facts: SpanFacts,
  body: () => Promise<T>,
  factsOf: (result: T) => SpanFacts = () => ({}),
): Promise<T> {
  const loading = hostApi();
  if (loading === null) return body();
  return loading.then((api) => api === null ? body() : inSpan(api, name, facts, body, factsOf));
}

/** Leaves a span for what failed and has none while it succeeds, because there is too much of it. */
export function tellFailure(name: SpanName, facts: SpanFacts, error: unknown): void {
  if (hostApi() === null) return;
  traced(name, facts, () => Promise.reject(error)).catch(() => {});
}

function inSpan<T>(
  { trace, SpanKind, SpanStatusCode }: HostApi,
  name: SpanName,
  facts: SpanFacts,
  body: () => Promise<T>,
  factsOf: (result: T) => SpanFacts,
): Promise<T> {
  const options = { kind: SpanKind.INTERNAL, attributes: attributesOf(facts) };
  return trace.getTracer(SCOPE).startActiveSpan(name, options, async (span: Span) => {
    try {
      const result = await body();
      span.setAttributes(attributesOf({ outcome: "done", ...factsOf(result) }));
      return result;
    } catch (error) {
      const failure = failureOf(error);
      span.setAttributes(attributesOf({ outcome: "failed", ...failure.facts }));
      span.recordException(failure.exception);
      span.setStatus({ code: SpanStatusCode.ERROR, message: failure.exception.message });
      throw error;
    } finally {
      span.end();
    }
  });
}

// Messages name files, and may quote what stands in them: only codes are told.
function failureOf(
  error: unknown,
): { facts: SpanFacts; exception: { name: string; message: string } } {
  const name = error instanceof Error ? error.name : typeof error;
  if (!(error instanceof PapyraError)) return { facts: {}, exception: { name, message: "" } };
  const { code } = (error.cause ?? {}) as { code?: unknown };
  const isOfSystem = typeof code === "string" && /^E[A-Z0-9]+$/.test(code);
  return {
    facts: { "error.code": error.code, ...(isOfSystem ? { "error.os_code": code } : {}) },
    exception: { name, message: error.code },
  };
}
