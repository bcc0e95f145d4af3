/**
 * Between the messages of `node:http` and those of the web.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";

/** The request as handlers take it; null where it names no path. */
export function requestOf({ method = "", url = "", headers }: IncomingMessage): Request | null {
  try {
    const base = url.startsWith("/") ? "http://localhost" : "";
    return new Request(`${base}${url}`, {
      // Every other method is answered alike, and a Request takes not all of them.
      method: ["GET", "HEAD"].includes(method) ? method : "POST",
      headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, String(value)]]
      ),
    });
  } catch {
    return null;
  }
}

/** Sends an answer. Each connection is for one request, so that its time can be limited. */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  const length = outgoing.req.method === "HEAD" ? {} : { "content-length": body.length };
  const headers = { ...Object.fromEntries(response.headers), ...length, connection: "close" };
  outgoing.writeHead(response.status, headers);
  outgoing.end(body);
}
