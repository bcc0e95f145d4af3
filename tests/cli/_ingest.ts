/**
 * A command that records what it is sent, in a process of its own.
 *
 * @module
 */

import { spawnPapyra } from "./_papyra.ts";

const LINE = '{"kind":"event"}\n';

/** An ingestion whose streams the test holds. */
export class Ingest implements AsyncDisposable {
  /** Everything that it acknowledged. */
  readonly acknowledged: number[] = [];
  /** Everything that it told. */
  told = "";
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<unknown>;
  #onProgress = () => {};
  #hasEnded = false;

  constructor(args: readonly string[]) {
    this.#child = spawnPapyra(["ingest", "--print-acks", ...args]);
    this.#input = this.#child.stdin.getWriter();
    this.#reading = Promise.all([
      this.#read(this.#child.stdout, (text) => {
        this.acknowledged.push(...text.trimEnd().split("\n").map(Number));
      }),
      this.#read(this.#child.stderr, (text) => this.told += `${text}`),
    ]);
  }

  /** Sends so many records; does not wait for them. */
  async send(count: number): Promise<void> {
    await this.#input.write(new TextEncoder().encode(LINE.repeat(count)));
  }

  /** Asks it to seal. */
  hangUp(): void {
    this.#child.kill("SIGHUP");
  }

  /** Ends it in the middle of whatever it does, and waits until everything it said was heard. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this[Symbol.asyncDispose]();
  }

  /** Resolves once it is so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#hasEnded) throw new Error(`It ended too soon: ${this.told}`);
      await new Promise<void>((resolve) => this.#onProgress = resolve);
    }
  }

  /** Ends the input and returns the exit code. */
  async end(): Promise<number> {
    await this.#input.close();
    await this.#reading;
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#reading;
    await this.#child.status;
  }

  // Whole lines only.
  async #read(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of stream) {
      const text = rest + decoder.decode(bytes, { stream: true });
      const end = text.lastIndexOf("\n") + 1;
      rest = text.slice(end);
      if (end > 0) take(text.slice(0, end));
      this.#onProgress();
    }
    this.#hasEnded = true;
    this.#onProgress();
  }
}
