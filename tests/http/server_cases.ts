/**
 * What the server does with clients good and bad. Deno and Bun both have to pass.
 *
 * @module
 */

import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { PapyraError } from "../../lib/errors.ts";
import { handlerOf, type HttpHandler } from "../../lib/http/handler.ts";
import { listen, type ListeningServer, type ServerLimits } from "../../lib/http/server.ts";

/** A case with its name. */
export interface ServerCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const LOOPBACK = { host: "127.0.0.1", port: 0 };
const LIMITS: ServerLimits = {
  connectionsMax: 50,
  requestMs: 5000,
  answerMs: 5000,
  stopMs: 2000,
};
const GET = "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n";
const BIG_BYTES = 30_000_000;

const echo = handlerOf(() => new Response("hello\n"));

/** A client that has said something; what it heard until the connection ended. */
class Client {
  readonly #socket: Socket;
  readonly heard: Promise<string>;

  constructor(server: ListeningServer, says: string, reads = true) {
    this.#socket = connect(server.address.port, server.address.host);
    this.#socket.setNoDelay();
    this.heard = new Promise((resolve) => {
      const chunks: Uint8Array[] = [];
      const end = () => resolve(Buffer.concat(chunks).toString("latin1"));
      if (reads) this.#socket.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      this.#socket.on("error", end);
      this.#socket.on("close", end);
    });
    if (!reads) this.#socket.pause();
    this.#socket.write(says);
  }

  say(text: string): void {
    if (this.#socket.writable) this.#socket.write(text);
  }

  read(): void {
    this.#socket.on("data", () => {});
    this.#socket.resume();
  }

  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  leave(): void {
    this.#socket.destroy();
  }
}

async function withServer(
  body: (server: ListeningServer) => Promise<void>,
  limits: Partial<ServerLimits> = {},
  handler: HttpHandler = echo,
): Promise<void> {
  const server = await listen(handler, LOOPBACK, { ...LIMITS, ...limits });
  try {
    await body(server);
  } finally {
    await server.stop();
  }
}

async function statusFor(server: ListeningServer, says: string): Promise<number> {
  return Number(/^HTTP\/1\.1 (\d+) /.exec(await new Client(server, says).heard)?.[1]);
}

/** Asks again and again: the time and the places that the server has are few. */
async function untilAnswered(server: ListeningServer): Promise<void> {
  let status = 0;
  for (let tries = 0; status !== 200 && tries < 100; tries++) {
    status = await statusFor(server, GET);
    await setTimeout(10);
  }
  strictEqual(status, 200);
}

async function answers(): Promise<void> {
  await withServer(async (server) => {
    ok(server.address.port > 0);
    const get = await new Client(server, GET).heard;
    match(get, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nhello\n$/);
    match(get, /\r\nconnection: close\r\n/i);
    match(get, /\r\ncontent-length: 6\r\n/i);
    const head = await new Client(server, GET.replace("GET", "HEAD")).heard;
    match(head, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
  });
}

async function refusesNonsense(): Promise<void> {
  await withServer(async (server) => {
    const requests: readonly (readonly [says: string, status: number])[] = [
      ["nonsense\r\n\r\n", 400],
      [GET.replace("/x", "*"), 400],
      [GET.replace("\r\n\r\n", `\r\nX: ${"x".repeat(20_000)}\r\n\r\n`), 400],
      ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
      [GET.replace("GET", "TRACE"), 405],
      [GET.replace("GET", "DELETE"), 405],
      [GET.replace("GET", "POST").replace("\r\n\r\n", "\r\nContent-Length: 3\r\n\r\nabc"), 405],
      [GET.replace("GET /x", "GET //localhost:1/x"), 200],
      [GET.replace("localhost", "\u00ff<script>"), 200],
    ];
    for (const [says, status] of requests) {
      strictEqual(await statusFor(server, says), status, says.slice(0, 60));
    }
    strictEqual(await statusFor(server, GET), 200);
  });
}

async function cutsSilentAndSlowClients(): Promise<void> {
  await withServer(async (server) => {
    const silent = new Client(server, "");
    const slow = new Client(server, "GET /x HTTP/1.1\r\nX-");
    const drip = setInterval(() => slow.say("x"), 20);
    deepStrictEqual(await Promise.all([silent.heard, slow.heard]), ["", ""]);
    clearInterval(drip);
    await untilAnswered(server);
  }, { requestMs: 200 });
}

async function cutsThoseWhoDoNotRead(): Promise<void> {
  const asked = Promise.withResolvers<void>();
  const big = handlerOf(() => {
    asked.resolve();
    return new Response(new Uint8Array(BIG_BYTES));
  });
  await withServer(
    async (server) => {
      const client = new Client(server, GET, false);
      await asked.promise;
      await setTimeout(400);
      client.read();
      await client.heard;
      ok(client.bytesRead < BIG_BYTES, `${client.bytesRead} bytes came`);
    },
    { answerMs: 200 },
    big,
  );
}

async function refusesTooMany(): Promise<void> {
  await withServer(async (server) => {
    const crowd = Array.from({ length: 12 }, () => new Client(server, ""));
    const refused = await Promise.race([
      Promise.any(crowd.map(({ heard }, index) => heard.then(() => index))),
      setTimeout(3000).then(() => -1),
    ]);
    ok(refused >= 0, "nobody was refused");
    for (const client of crowd) client.leave();
    await Promise.all(crowd.map(({ heard }) => heard));
    // The places are free again a moment after the clients have gone.
    await untilAnswered(server);
  }, { connectionsMax: 4 });
}

async function stopsWithAnswersUnderWay(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const waiting = handlerOf(async () => {
    started.resolve();
    await promise;
    return new Response("late\n");
  });
  const server = await listen(waiting, LOOPBACK, LIMITS);
  const client = new Client(server, GET);
  await started.promise;
  const stopped = server.stop();
  resolve();
  match(await client.heard, /late\n$/);
  await stopped;
}

async function stopsDespiteSilentClients(): Promise<void> {
  const server = await listen(echo, LOOPBACK, { ...LIMITS, stopMs: 50 });
  const client = new Client(server, "GET /x HTTP/1.1\r\n");
  await setTimeout(20);
  const start = performance.now();
  await server.stop();
  ok(performance.now() - start < LIMITS.requestMs / 2);
  strictEqual(await client.heard, "");
}

async function saysThatAPortIsTaken(): Promise<void> {
  await withServer(async ({ address }) => {
    await rejects(
      listen(echo, address, LIMITS),
      (error) =>
        error instanceof PapyraError && error.code === "IO_ERROR" &&
        /something listens there already/.test(error.message),
    );
  });
}

/** All of them. */
export const SERVER_CASES: readonly ServerCase[] = [
  { name: "answers requests, each on a connection of its own", run: answers },
  { name: "refuses nonsense and goes on", run: refusesNonsense },
  { name: "cuts clients that are silent or slow to ask", run: cutsSilentAndSlowClients },
  { name: "cuts clients that do not read the answer", run: cutsThoseWhoDoNotRead },
  { name: "refuses more connections than it may have, and goes on", run: refusesTooMany },
  { name: "stops with the answers under way given", run: stopsWithAnswersUnderWay },
  { name: "stops in time despite silent clients", run: stopsDespiteSilentClients },
  { name: "says that a port is taken", run: saysThatAPortIsTaken },
];
