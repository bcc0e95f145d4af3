/**
 * `/readyz`: what the last look at the store came to, and how long ago. It does not look itself.
 *
 * @module
 */

import { handlerOf, type HttpHandler } from "./handler.ts";
import { jsonResponse } from "./json_response.ts";
import type { StoreCheck, StoreVerdict } from "./store_check.ts";

/** Why a store is ready or not. */
export type ReadyReason = "healthy" | "anomalies" | "check_failed" | "too_old" | "not_checked_yet";

/** A handler that answers 200 for a sound verdict that is not too old, else 503. */
export function readyzHandler(check: StoreCheck, maxAgeSeconds: number): HttpHandler {
  return handlerOf(() => {
    const { verdict } = check;
    const reason = reasonOf(verdict, maxAgeSeconds);
    const ok = reason === "healthy";
    const fields = {
      ok,
      reason,
      checkedAt: verdict?.checkedAt ?? null,
      ageSeconds: verdict === null ? null : Math.round(verdict.ageSeconds * 1000) / 1000,
      maxAgeSeconds: Number.isFinite(maxAgeSeconds) ? maxAgeSeconds : null,
      anomaliesTotal: verdict?.anomaliesTotal ?? null,
      failure: verdict?.failure ?? null,
    };
    return jsonResponse("readyz", fields, ok ? 200 : 503);
  });
}

function reasonOf(verdict: StoreVerdict | null, maxAgeSeconds: number): ReadyReason {
  if (verdict === null) return "not_checked_yet";
  if (verdict.failure !== null) return "check_failed";
  if (!verdict.isHealthy) return "anomalies";
  return verdict.ageSeconds > maxAgeSeconds ? "too_old" : "healthy";
}
