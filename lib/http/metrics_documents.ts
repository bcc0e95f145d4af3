/**
 * The metrics of a store in the forms in which they go out.
 *
 * @module
 */

import type { MetricsSnapshot } from "../metrics/snapshot.ts";
import { PROMETHEUS_TYPE, prometheusText } from "../metrics/prometheus_text.ts";
import { jsonResponse } from "./json_response.ts";

/** The metrics as the JSON document. */
export function metricsJson(snapshot: MetricsSnapshot): Response {
  return jsonResponse("metrics", snapshot);
}

/** The metrics as Prometheus reads them. */
export function metricsText(snapshot: MetricsSnapshot): Response {
  return new Response(prometheusText(snapshot), { headers: { "content-type": PROMETHEUS_TYPE } });
}
