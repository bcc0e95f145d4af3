/**
 * Showing a store over HTTP until somebody stops it.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import type { PersistenceBackend } from "../backend/backend.ts";
import { abortError, messageOf } from "../errors.ts";
import type { HttpHandler } from "../http/handler.ts";
import { withLoopbackHost } from "../http/host_guard.ts";
import { formatAddress, type ListenAddress } from "../http/listen_address.ts";
import { listen, type ServerLimits } from "../http/server.ts";
import { createStoreHandlers, type StoreHandlers } from "../http/store_handlers.ts";
import { withToken } from "../http/token_guard.ts";
import { jsonDocument } from "../model/json_document.ts";
import type { ScanReport } from "../model/report.ts";
import type { Session } from "./session.ts";

/** How to show it. */
export interface Serving {
  /** Where. */
  readonly address: ListenAddress;
  /** What clients must send; null where nothing. */
  readonly token: string | null;
  /** How often the store is scanned. */
  readonly scanEverySeconds: number;
  /** The age from which on a sound verdict counts no longer. */
  readonly readyMaxAgeSeconds: number;
}

const LIMITS: ServerLimits = {
  connectionsMax: 64,
  requestMs: 10_000,
  answerMs: 60_000,
  stopMs: 2000,
};
const WAIT_MS = 30_000;
// What a timer can be set to.
const WAIT_MS_MAX = 2 ** 31 - 1;

/** Answers until the session is stopped. Throws TIMED_OUT where that was its time limit. */
export async function serveStore(
  store: PersistenceBackend,
  session: Session,
  { address, token, scanEverySeconds, readyMaxAgeSeconds }: Serving,
): Promise<void> {
  const { signal } = session;
  const handlers = createStoreHandlers(store, {
    signal,
    readyMaxAgeSeconds,
    waitMs: WAIT_MS,
  });
  const server = await listen(guarded(handlers.fetch, token), address, LIMITS);
  try {
    await tellAddress(session, server.address);
    await scanNowAndThen(handlers, session, Math.min(scanEverySeconds * 1000, WAIT_MS_MAX));
  } finally {
    await server.stop();
  }
  const error = abortError(signal);
  if (error.code !== "ABORTED") throw error;
}

function guarded(handler: HttpHandler, token: string | null): HttpHandler {
  return token === null ? withLoopbackHost(handler) : withToken(handler, token);
}

async function tellAddress(session: Session, address: ListenAddress): Promise<void> {
  const url = `http://${formatAddress(address)}/`;
  if (session.isJson) {
    await session.output.raw(jsonDocument("serve", { ...address, url }));
    await session.output.flush();
  }
  await session.notes.note(`listening on ${url}`);
}

/** Returns once the session is stopped. */
async function scanNowAndThen(
  { check }: StoreHandlers,
  { notes, signal }: Session,
  everyMs: number,
): Promise<void> {
  let told = "";
  while (!signal.aborted) {
    const verdict = await check().then(verdictText, (error) => `scan failed: ${messageOf(error)}`);
    if (signal.aborted) return;
    if (verdict !== told) await notes.note(verdict);
    told = verdict;
    await setTimeout(everyMs, undefined, { signal }).catch(() => {});
  }
}

function verdictText({ healthy, anomaliesTotal, store }: ScanReport): string {
  if (healthy) return "Persistence is healthy";
  return `Found ${anomaliesTotal} persistence anomalies in ${store}: run papyra persistence scan`;
}
