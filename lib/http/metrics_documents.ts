/**
 * The metrics of a store in the forms in which they go out.
 *
 * @module
 */

import type { MetricsSnapshot } from "../metrics/snapshot.ts";
import { jsonResponse } from "./json_response.ts";

/** The metrics as the JSON document. */
export function metricsJson(snapshot: MetricsSnapshot): Response {
  return jsonResponse("metrics", snapshot);
}

/** The metrics as Prometheus reads them. */
export function metricsText(snapshot: MetricsSnapshot): Response {
  const lines = Object.entries(snapshot).map(([name, value]) =>
    `# TYPE papyra_${name}_total counter\npapyra_${name}_total ${value}\n`
  );
  return new Response(lines.join(""), { headers: { "content-type": PROMETHEUS_TYPE } });
}

const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
