/**
 * Operations as spans of the host's traces.
 *
 * @module
 */

import type { Span, SpanStatusCode } from "@opentelemetry/api";
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
  api: HostApi,
  name: SpanName,
  facts: SpanFacts,
  body: () => Promise<T>,
  factsOf: (result: T) => SpanFacts,
): Promise<T> {
  const options = { kind: api.SpanKind.INTERNAL, attributes: attributesOf(facts) };
  let running: Promise<T> | undefined;
  quietly(() =>
    api.trace.getTracer(SCOPE).startActiveSpan(name, options, (span: Span) => {
      running = body().then((result) => {
        quietly(() => endWell(span, factsOf(result)));
        return result;
      }, (error) => {
        quietly(() => endBadly(span, error, api.SpanStatusCode.ERROR));
        throw error;
      });
    })
  );
  return running ?? body();
}

function endWell(span: Span, facts: SpanFacts): void {
  span.setAttributes(attributesOf({ outcome: "done", ...facts }));
  span.end();
}

function endBadly(span: Span, error: unknown, code: SpanStatusCode): void {
  const { facts, exception } = failureOf(error);
  span.setAttributes(attributesOf({ outcome: "failed", ...facts }));
  span.recordException(exception);
  span.setStatus({ code, message: exception.message });
  span.end();
}

// What only observes must not fail what it observes, nor have it done twice.
function quietly(observe: () => void): void {
  try {
    observe();
  } catch {
    // A host whose tracing is broken has to see that there.
  }
}

// Messages name files, and may quote what stands in them: only codes are told.
function failureOf(
  error: unknown,
): { facts: SpanFacts; exception: { name: string; message: string } } {
  const name = error instanceof Error ? error.name : typeof error;
  if (!(error instanceof PapyraError)) return { facts: {}, exception: { name, message: "" } };
  const osCode = osCodeBelow(error);
  return {
    facts: { "error.code": error.code, ...(osCode === null ? {} : { "error.os_code": osCode }) },
    exception: { name, message: error.code },
  };
}

// The operating system's, such as ENOSPC.
function osCodeBelow(error: Error): string | null {
  let below = error.cause;
  while (below instanceof PapyraError) below = below.cause;
  const { code } = (below ?? {}) as { code?: unknown };
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : null;
}
