/**
 * A collector of OpenTelemetry's, as far as it takes what comes.
 *
 * @module
 */

/** What came. */
export interface Collected {
  readonly path: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Takes what is sent to it. */
export class Collector implements AsyncDisposable {
  /** What came, in order. */
  readonly requests: Collected[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param answer what it answers with */
  constructor(answer: () => Response | Promise<Response> = () => Response.json({})) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const body = new Uint8Array(await request.arrayBuffer());
        const path = new URL(request.url).pathname;
        this.requests.push({ path, headers: request.headers, body });
        return await answer();
      },
    );
  }

  /** Where it listens, `http://127.0.0.1:PORT`. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Ends it, whoever still waits for an answer. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
