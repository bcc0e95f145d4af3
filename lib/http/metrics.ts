/**
 * `/metrics` and `/snapshot.json`: the metrics of a store.
 *
 * @module
 */

import type { PersistenceBackend } from "../backend/backend.ts";
import { preferredType } from "./accept.ts";
import { handlerOf, type HttpHandler } from "./handler.ts";
import { metricsJson, metricsText } from "./metrics_documents.ts";

const TEXT = "text/plain";
const JSON_TYPE = "application/json";

/** A handler that answers as Prometheus reads it, or with JSON for those who would rather have that. */
export function metricsHandler(store: PersistenceBackend, waitMs: number): HttpHandler {
  return handlerOf(async ({ headers }) => {
    const type = preferredType(headers.get("accept"), [TEXT, JSON_TYPE]);
    const response = await (type === JSON_TYPE ? metricsJson(store) : metricsText(store));
    response.headers.set("vary", "accept");
    return response;
  }, waitMs);
}

/** A handler that answers with the JSON document. */
export function snapshotHandler(store: PersistenceBackend, waitMs: number): HttpHandler {
  return handlerOf(() => metricsJson(store), waitMs);
}
