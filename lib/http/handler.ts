/**
 * What every handler has in common: the methods that it answers, its headers, and that it never
 * rejects.
 *
 * @module
 */

import { problem, problemOf } from "./problem.ts";
import { withinTime } from "./within_time.ts";

/** Answers one request; never rejects. */
export type HttpHandler = (request: Request) => Promise<Response>;

const METHODS = ["GET", "HEAD"];

/** Of every answer: nothing is kept by anybody, nothing in it is run, framed or taken for something else. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

type Responder = (request: Request) => Response | Promise<Response>;

/**
 * A handler for GET and HEAD of what `respond` answers. It answers with a problem where that throws, or
 * takes longer than `waitMs`; what it does goes on then.
 */
export function handlerOf(respond: Responder, waitMs = Infinity): HttpHandler {
  return async (request) => {
    const response = await answer(request, respond, waitMs);
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    if (request.method !== "HEAD") return response;
    const { status, headers } = response;
    return new Response(null, { status, headers });
  };
}

async function answer(
  request: Request,
  respond: Responder,
  waitMs: number,
): Promise<Response> {
  if (!METHODS.includes(request.method)) {
    const detail = "Nothing can be changed here: ask with GET or HEAD";
    return problem(405, { detail, headers: { allow: METHODS.join(", ") } });
  }
  try {
    return await withinTime(Promise.resolve(respond(request)), waitMs) ?? tooLate();
  } catch (error) {
    return problemOf(error);
  }
}

function tooLate(): Response {
  return problem(503, {
    detail: "The store is still being read: ask again",
    headers: { "retry-after": "5" },
    members: { ok: false },
  });
}
