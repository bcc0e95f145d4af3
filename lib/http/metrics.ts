/**
 * `/metrics` and `/snapshot.json`: the metrics of a store.
 *
 * @module
 */

import type { MetricsSnapshot } from "../metrics/snapshot.ts";
import { preferredType } from "./accept.ts";
import { handlerOf, type HttpHandler } from "./handler.ts";
import { metricsJson, metricsText } from "./metrics_documents.ts";

/** Takes a snapshot. */
type TakeSnapshot = () => Promise<MetricsSnapshot>;

const TEXT = "text/plain";
const JSON_TYPE = "application/json";

/** A handler that answers as Prometheus reads it, or with JSON for those who would rather have that. */
export function metricsHandler(take: TakeSnapshot, waitMs: number): HttpHandler {
  return handlerOf(async ({ headers }) => {
    const type = preferredType(headers.get("accept"), [TEXT, JSON_TYPE]);
    const response = (type === JSON_TYPE ? metricsJson : metricsText)(await take());
    response.headers.set("vary", "accept");
    return response;
  }, waitMs);
}

/** A handler that answers with the JSON document. */
export function snapshotHandler(take: TakeSnapshot, waitMs: number): HttpHandler {
  return handlerOf(async () => metricsJson(await take()), waitMs);
}
