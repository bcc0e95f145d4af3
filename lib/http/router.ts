/**
 * From paths to handlers.
 *
 * @module
 */

import { handlerOf, type HttpHandler } from "./handler.ts";
import { problem } from "./problem.ts";

/** A handler for all of `routes`, which are paths below `basePath`. */
export function routerOf(
  routes: ReadonlyMap<string, HttpHandler>,
  basePath: string,
): HttpHandler {
  const base = basePath.replace(/\/+$/, "");
  const notFound = handlerOf(() =>
    problem(404, { detail: `There is ${[...routes.keys()].join(", ")}` })
  );
  return async (request) => {
    const { pathname } = new URL(request.url);
    const isBelow = pathname === base || pathname.startsWith(`${base}/`);
    const path = isBelow ? pathname.slice(base.length) || "/" : "";
    return await (routes.get(path) ?? notFound)(request);
  };
}
