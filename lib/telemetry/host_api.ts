/**
 * The OpenTelemetry of the program that uses this library, where it has one.
 *
 * @module
 */

import type * as OpenTelemetry from "./_host_library.ts";

/** What a host traces and measures with. */
export type HostApi = typeof OpenTelemetry;

/** What tracers and meters are asked for by. */
export const SCOPE = "papyra";

// Where an SDK says that it is there, and Deno does so under OTEL_DENO=true.
const REGISTRATION = Symbol.for("opentelemetry.js.api.1");

let loading: Promise<HostApi | null> | undefined;

/** The host's OpenTelemetry; null, with nothing loaded, where it has none. */
export function hostApi(): Promise<HostApi | null> | null {
  if (!(REGISTRATION in globalThis)) return null;
  // What only observes must not fail what it observes.
  return loading ??= import("./_host_library.ts").catch(() => null);
}
