/**
 * `/livez`: whether the process answers at all. It touches neither the store nor anything else.
 *
 * @module
 */

import { handlerOf, type HttpHandler } from "./handler.ts";

/** A handler that says that the process is alive. */
export function livezHandler(): HttpHandler {
  return handlerOf(() =>
    new Response("ok\n", { headers: { "content-type": "text/plain; charset=utf-8" } })
  );
}
