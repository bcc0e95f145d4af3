/**
 * Asking handlers as a client would.
 *
 * @module
 */

import { type HttpHandler } from "../../lib/http/handler.ts";

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Asks a handler. */
export async function ask(
  handler: HttpHandler,
  path = "/",
  init: RequestInit = {},
): Promise<Answer> {
  const response = await handler(new Request(`http://localhost${path}`, init));
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Asks a handler for a JSON document. */
export async function askJson(
  handler: HttpHandler,
  path = "/",
): Promise<{ readonly status: number; readonly document: Record<string, unknown> }> {
  const { status, text } = await ask(handler, path);
  return { status, document: JSON.parse(text) };
}
