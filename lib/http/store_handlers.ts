/**
 * A store seen over HTTP: handlers that mount in whatever serves the host.
 *
 * @module
 */

import type { PersistenceBackend, StartupOptions } from "../backend/backend.ts";
import type { ScanReport } from "../model/report.ts";
import type { HttpHandler } from "./handler.ts";
import { type HealthMode, healthzHandler } from "./healthz.ts";
import { livezHandler } from "./livez.ts";
import { metricsHandler, snapshotHandler } from "./metrics.ts";
import { pageHandler } from "./page.ts";
import { readyzHandler } from "./readyz.ts";
import { routerOf } from "./router.ts";
import { shared } from "./shared.ts";
import { StoreCheck, type StoreVerdict } from "./store_check.ts";

/** How a store is shown. */
export interface StoreHandlersOptions {
  /** What the paths of `fetch` begin with, such as `/papyra`. @default {""} */
  readonly basePath?: string;
  /** How `/healthz` looks where the request does not say it with `?mode=`. @default {"scan"} */
  readonly healthMode?: HealthMode;
  /**
   * What `/healthz?mode=startup-check` does. With mode `recover` a request mends the store.
   * @default {{ mode: "fail_on_anomaly" }}
   */
  readonly startup?: StartupOptions;
  /**
   * How long a request waits for what it asks of the store before it is answered with 503; the work goes
   * on. @default {30_000}
   */
  readonly waitMs?: number;
  /** How long a page that was made is shown again. @default {10_000} */
  readonly pageKeepMs?: number;
  /** The age from which on `/readyz` answers 503 for a sound verdict. @default {Infinity} */
  readonly readyMaxAgeSeconds?: number;
  /** Stops looks at the store. */
  readonly signal?: AbortSignal;
  /**
   * The clock for ages, in milliseconds; it must only go forward.
   * @default {performance.now}
   */
  readonly monotonicMs?: () => number;
}

/** The handlers. None rejects; none changes the store, unless `startup` says so. Each answers GET and HEAD. */
export interface StoreHandlers {
  /** 200 as long as the process answers; touches nothing. */
  readonly livez: HttpHandler;
  /** 200 where the last look at the store found it sound and is not too old, else 503; does not look. */
  readonly readyz: HttpHandler;
  /** Looks at the store: 200 where it is sound, else 503. Those who ask meanwhile share the answer. */
  readonly healthz: HttpHandler;
  /** The metrics for Prometheus, or as JSON by the header Accept. */
  readonly metrics: HttpHandler;
  /** The metrics as JSON. */
  readonly snapshot: HttpHandler;
  /** The report on the store as a page; reads all of it. */
  readonly page: HttpHandler;
  /** All of these by path: `/` (the page), `/livez`, `/readyz`, `/healthz`, `/metrics`, `/snapshot.json`. */
  readonly fetch: HttpHandler;
  /** Looks at the store for `/readyz`, or shares the look under way; to be called now and then. */
  check(): Promise<ScanReport>;
  /** What the last look came to; null where there was none. */
  readonly verdict: StoreVerdict | null;
}

/**
 * Makes handlers that show `store` over HTTP. Who may ask is for the host to say: put what it has for
 * that before them.
 *
 * @example Mounted in `Deno.serve`; `Bun.serve({ fetch })` and `app.mount("/papyra", fetch)` of Hono alike
 * ```ts
 * import { createStoreHandlers, InMemoryPersistence } from "@papyra/papyra";
 *
 * await using store = new InMemoryPersistence();
 * const handlers = createStoreHandlers(store, { readyMaxAgeSeconds: 7200 });
 * await handlers.check(); // and every hour
 * const server = Deno.serve({ port: 0, onListen() {} }, handlers.fetch);
 * const { status } = await handlers.fetch(new Request("http://localhost/readyz"));
 * console.log(status); // 200
 * await server.shutdown();
 * ```
 */
export function createStoreHandlers(
  store: PersistenceBackend,
  options: StoreHandlersOptions = {},
): StoreHandlers {
  const { signal, waitMs = 30_000, monotonicMs = () => performance.now() } = options;
  const startup = options.startup ?? { mode: "fail_on_anomaly" };
  const check = new StoreCheck(store, { startup, signal, monotonicMs });
  // It may take a while, and scrapers do not wait for each other.
  const takeSnapshot = shared(() => store.metrics.snapshot());
  const handlers = {
    livez: livezHandler(),
    readyz: readyzHandler(check, options.readyMaxAgeSeconds ?? Infinity),
    healthz: healthzHandler(store, check, { mode: options.healthMode ?? "scan", waitMs }),
    metrics: metricsHandler(takeSnapshot, waitMs),
    snapshot: snapshotHandler(takeSnapshot, waitMs),
    page: pageHandler(store, check, {
      waitMs,
      keepMs: options.pageKeepMs ?? 10_000,
      signal,
      monotonicMs,
    }),
  };
  const routes = new Map([
    ["/", handlers.page],
    ["/livez", handlers.livez],
    ["/readyz", handlers.readyz],
    ["/healthz", handlers.healthz],
    ["/metrics", handlers.metrics],
    ["/snapshot.json", handlers.snapshot],
  ]);
  return {
    ...handlers,
    fetch: routerOf(routes, options.basePath ?? ""),
    check: () => check.scan(),
    get verdict() {
      return check.verdict;
    },
  };
}
