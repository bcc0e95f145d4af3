/**
 * A small HTTP server with limits on everything that a client could make long, on whatever runtime.
 *
 * Bun and Deno honour few of the limits of `node:http`, so each connection is timed here: it is for one
 * request, whose head has to come soon and whose answer has to be taken soon.
 *
 * @module
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { messageOf, PapyraError } from "../errors.ts";
import { requestOf, sendResponse } from "./_node_messages.ts";
import { Deadlines } from "./deadlines.ts";
import { handlerOf, type HttpHandler } from "./handler.ts";
import { formatAddress, type ListenAddress } from "./listen_address.ts";
import { problem } from "./problem.ts";

/** The limits. */
export interface ServerLimits {
  /** Connections at a time; more are refused. */
  readonly connectionsMax: number;
  /** The time for a request to arrive. */
  readonly requestMs: number;
  /** The time from then on for the answer to be made and taken. */
  readonly answerMs: number;
  /** The time that answers under way have once the server is to stop. */
  readonly stopMs: number;
}

/** A server that listens. */
export interface ListeningServer {
  /** Where it does. */
  readonly address: ListenAddress;
  /** Takes no more requests, and resolves once those under way are answered or out of time. */
  stop(): Promise<void>;
}

const HEAD_BYTES_MAX = 16 * 1024;
const BAD_REQUEST = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

const LISTEN_ERRORS: { readonly [code: string]: string } = {
  EADDRINUSE: "something listens there already; stop that, or give another address with --listen",
  EADDRNOTAVAIL: "this machine does not have that address",
  EACCES: "permission denied; ports below 1024 are root's",
  ENOTFOUND: "nobody knows that name",
};

/** Listens on `address`, and answers with `handler`. Throws IO_ERROR where it cannot listen. */
export async function listen(
  handler: HttpHandler,
  address: ListenAddress,
  limits: ServerLimits,
): Promise<ListeningServer> {
  const deadlines = new Deadlines();
  const server = createServer({ maxHeaderSize: HEAD_BYTES_MAX }, (incoming, outgoing) => {
    deadlines.set(incoming.socket, limits.answerMs);
    // A body is of no use, and must not be what the connection ends with.
    incoming.resume();
    void answer(handler, incoming, outgoing);
  });
  server.maxConnections = limits.connectionsMax;
  server.on("connection", (socket: Socket) => deadlines.set(socket, limits.requestMs));
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end(BAD_REQUEST);
    else socket.destroy();
  });
  await begin(server, address);
  // A connection that cannot be taken is its client's trouble, and no end of the others.
  server.on("error", () => {});
  const { address: host, port } = server.address() as AddressInfo;
  return {
    address: { host, port },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        deadlines.setAll(limits.stopMs);
      }),
  };
}

async function begin(server: Server, address: ListenAddress): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address.port, address.host, () => resolve());
    });
  } catch (cause) {
    const { code } = cause as { code?: string };
    const reason = LISTEN_ERRORS[code ?? ""] ?? messageOf(cause);
    throw new PapyraError("IO_ERROR", `Cannot listen on ${formatAddress(address)}: ${reason}`, {
      cause,
    });
  }
}

async function answer(
  handler: HttpHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const request = requestOf(incoming);
    const response = await (request === null ? refuse(BAD_TARGET) : handler(request));
    await sendResponse(response, outgoing);
  } catch {
    // Whoever asked is gone, and so is what could be told.
    incoming.socket.destroy();
  }
}

const BAD_TARGET = new Request("http://localhost");
const refuse = handlerOf(() => problem(400, { detail: "The request names no path" }));
