/**
 * Tries TLS with a server before the client does.
 *
 * A server that refuses this side's certificate says so just behind the handshake. Under Deno that can
 * come before the client listens for errors, and what nobody listens for ends the process.
 *
 * @module
 */

import { connect, type ConnectionOptions } from "node:tls";

/** Makes a connection and waits for the server to answer anything. Throws why it does not. */
export function probeTls(options: ConnectionOptions, timeoutMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(options);
  // Stays to the end: more errors than one may come.
  socket.on("error", reject);
  socket.on("close", () => reject(new Error("the server ended the connection")));
  socket.setTimeout(timeoutMs, () => reject(new Error(`it did not answer within ${timeoutMs} ms`)));
  socket.once("secureConnect", () => socket.write("PING\r\n"));
  socket.once("data", () => resolve());
  return promise.finally(() => socket.destroy());
}
