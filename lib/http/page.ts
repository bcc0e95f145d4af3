/**
 * `/`: the report on the store as a page.
 *
 * @module
 */

import type { PersistenceBackend } from "../backend/backend.ts";
import { createReport } from "../report/create_report.ts";
import { PAGE_POLICY, reportPage } from "../report/page/report_page.ts";
import { handlerOf, type HttpHandler } from "./handler.ts";
import { shared } from "./shared.ts";
import type { StoreCheck } from "./store_check.ts";

/** How the page is made. */
export interface PageOptions {
  /** How long to wait for it. */
  readonly waitMs: number;
  /** How long one that was made is shown again. */
  readonly keepMs: number;
  /** Stops making it. */
  readonly signal: AbortSignal | undefined;
  /** A clock that only goes forward, in milliseconds. */
  readonly monotonicMs: () => number;
}

/** A handler that shows the page; it reads the whole store, so those who ask share one. */
export function pageHandler(
  store: PersistenceBackend,
  check: StoreCheck,
  options: PageOptions,
): HttpHandler {
  const pages = new Pages(store, check, options);
  return handlerOf(async () =>
    new Response(await pages.newest(), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": `${PAGE_POLICY}; frame-ancestors 'none'`,
      },
    }), options.waitMs);
}

class Pages {
  readonly #store: PersistenceBackend;
  readonly #check: StoreCheck;
  readonly #options: PageOptions;
  readonly #make = shared(() => this.#read());
  #made: { readonly page: string; readonly atMs: number } | null = null;

  constructor(store: PersistenceBackend, check: StoreCheck, options: PageOptions) {
    this.#store = store;
    this.#check = check;
    this.#options = options;
  }

  newest(): Promise<string> {
    const { keepMs, monotonicMs } = this.#options;
    if (this.#made !== null && monotonicMs() - this.#made.atMs < keepMs) {
      return Promise.resolve(this.#made.page);
    }
    return this.#make();
  }

  async #read(): Promise<string> {
    const { signal, monotonicMs } = this.#options;
    const scan = await this.#check.scan();
    const call = signal === undefined ? {} : { signal };
    const page = reportPage(await createReport(this.#store, { ...call, scan }));
    this.#made = { page, atMs: monotonicMs() };
    return page;
  }
}
