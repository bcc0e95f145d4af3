/**
 * Lets in only those who ask for this machine by a name of its own. A page in a browser can have any
 * name lead to this machine, and would read what only its user may.
 *
 * @module
 */

import { isLoopback } from "./listen_address.ts";
import { handlerOf, type HttpHandler } from "./handler.ts";
import { problem } from "./problem.ts";

/** `handler` for requests to `localhost` or a loopback address; 421 for the others. */
export function withLoopbackHost(handler: HttpHandler): HttpHandler {
  const refuse = handlerOf(() =>
    problem(421, {
      detail: "Without a token the answer is for localhost alone: ask for that, or give a token",
    })
  );
  return async (request) => {
    const host = request.headers.get("host");
    const isOwn = host === null || isLoopback(hostIn(host));
    return await (isOwn ? handler : refuse)(request);
  };
}

function hostIn(host: string): string {
  return /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host)?.slice(1).find((part) => part) ?? "";
}
