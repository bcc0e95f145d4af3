/**
 * `/healthz`, as the original has it: looks at the store now, and says what it found.
 *
 * @module
 */

import type { PersistenceBackend } from "../backend/backend.ts";
import type { Anomaly } from "../model/anomaly.ts";
import { handlerOf, type HttpHandler } from "./handler.ts";
import { jsonResponse } from "./json_response.ts";
import { problem } from "./problem.ts";
import type { StoreCheck } from "./store_check.ts";

/** How `/healthz` looks at the store. */
export type HealthMode = "scan" | "startup-check";

/** What the answer depends on. */
export interface HealthzOptions {
  /** How to look where the request does not say it with `?mode=`. */
  readonly mode: HealthMode;
  /** How long to wait for the answer. */
  readonly waitMs: number;
}

/** What was found; names as they are in the document, but in camelCase. */
interface Health {
  readonly ok: boolean;
  readonly [name: string]: unknown;
}

const LOOKS = { "scan": scanHealth, "startup-check": startupHealth } as const;

/** A handler that looks; those who ask at the same time share one answer. */
export function healthzHandler(
  store: PersistenceBackend,
  check: StoreCheck,
  options: HealthzOptions,
): HttpHandler {
  return handlerOf(async (request) => {
    const mode = modeOf(request, options.mode);
    if (mode === null) {
      return problem(400, {
        detail: "The mode can be scan or startup-check",
        members: { ok: false },
      });
    }
    const health = store.backendCapabilities().scan
      ? await LOOKS[mode](check)
      : { ok: true, scanSupported: false };
    const { ok, ...found } = health;
    const fields = { ok, mode, backend: store.name, store: store.location, ...found };
    return jsonResponse("healthz", fields, ok ? 200 : 503);
  }, options.waitMs);
}

function modeOf({ url }: Request, otherwise: HealthMode): HealthMode | null {
  const given = new URL(url).searchParams.get("mode");
  if (given === null) return otherwise;
  const mode = given.toLowerCase().replace("_", "-");
  return mode === "scan" || mode === "startup-check" ? mode : null;
}

async function scanHealth(check: StoreCheck): Promise<Health> {
  const { healthy, anomalies, anomaliesTotal } = await check.scan();
  return {
    ok: healthy,
    scanSupported: true,
    anomaliesTotal,
    anomalies: anomalies.map(anomalyFields),
  };
}

async function startupHealth(check: StoreCheck): Promise<Health> {
  const { isReady, verdict, scan, recovery } = await check.startupCheck();
  return {
    ok: isReady,
    verdict,
    anomaliesTotal: scan?.anomaliesTotal ?? null,
    anomalies: scan?.anomalies.map(anomalyFields) ?? [],
    ...(recovery === null ? {} : {
      recovery: { mode: recovery.mode, changed: recovery.changed, receipt: recovery.receipt },
      postAnomalies: recovery.after.anomalies.map(anomalyFields),
    }),
  };
}

/** The original's three names, and what is known beside. */
function anomalyFields({ code, file, reason, ...more }: Anomaly): object {
  return { type: code, path: file, detail: reason, ...more };
}
