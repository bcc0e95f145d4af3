/**
 * Lets in only those who know a token.
 *
 * @module
 */

import { createHash, timingSafeEqual } from "node:crypto";
import { handlerOf, type HttpHandler } from "./handler.ts";
import { problem } from "./problem.ts";

// The first is the one that browsers ask their users for; any name will do, the token is the password.
const CHALLENGE = 'Basic realm="papyra", charset="UTF-8", Bearer realm="papyra"';
const PROBES = ["/livez", "/readyz"];

/**
 * `handler` for those who send the token; 401 for the others. Probes, which can send none, learn from
 * `/livez` and `/readyz` no more than the status.
 */
export function withToken(handler: HttpHandler, token: string): HttpHandler {
  const expected = digestOf(token);
  const refuse = handlerOf(() =>
    problem(401, {
      detail: "Send the token: Authorization: Bearer TOKEN",
      headers: { "www-authenticate": CHALLENGE },
    })
  );
  return async (request) => {
    const authorization = request.headers.get("authorization");
    const { pathname } = new URL(request.url);
    if (authorization === null && PROBES.includes(pathname)) {
      return await bare(handler)(request);
    }
    // Digests have one length, so that the time taken tells nothing of the token.
    const isKnown = timingSafeEqual(digestOf(tokenIn(authorization ?? "")), expected);
    return await (isKnown ? handler : refuse)(request);
  };
}

function bare(handler: HttpHandler): HttpHandler {
  return handlerOf(async (request) => {
    const { ok, status, headers } = await handler(request);
    const allow = headers.get("allow");
    return new Response(ok ? "ok\n" : "not ok\n", {
      status,
      headers: {
        "content-type": "text/plain; charset=utf-8",
        ...(allow === null ? {} : { allow }),
      },
    });
  });
}

function tokenIn(authorization: string): string {
  const [, scheme = "", credentials = ""] = /^(\S+) +(\S+) *$/.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
      return credentials;
    case "basic":
      return /^[^:]*:(.*)$/s.exec(new TextDecoder().decode(bytesOf(credentials)))?.[1] ?? "";
    default:
      return "";
  }
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

function digestOf(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
