/**
 * A process that ingests records, and what it has acknowledged.
 *
 * @module
 */

import type { Papyra } from "./papyra.ts";

const LINES_AT_ONCE = 100;

/** A running `papyra ingest --print-acks`. */
export class Writer {
  readonly name: string;
  /** Sequence numbers in the order in which they were printed: those of the first records fed. */
  readonly acknowledged: number[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  readonly #encoder = new TextEncoder();
  #fed = 0;

  constructor(papyra: Papyra, store: string, name: string) {
    this.name = name;
    this.#child = new Deno.Command(papyra.command, {
      args: [...papyra.args, "ingest", "--path", store, "--print-acks", "--quiet"],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = this.#readAcknowledgements();
  }

  /** Records handed to the process so far. */
  get fed(): number {
    return this.#fed;
  }

  /** Hands it so many records more. */
  async feed(count: number): Promise<void> {
    const end = this.#fed + count;
    while (this.#fed < end) {
      const lines = Array.from(
        { length: Math.min(LINES_AT_ONCE, end - this.#fed) },
        () => `${JSON.stringify(this.#record(++this.#fed))}\n`,
      );
      await this.#input.write(this.#encoder.encode(lines.join("")));
    }
  }

  /** Feeds it until it is stopped or dead. */
  async feedUntil(stopped: AbortSignal): Promise<void> {
    try {
      while (!stopped.aborted) await this.feed(LINES_AT_ONCE);
    } catch (error) {
      if (!stopped.aborted) throw error;
    }
  }

  /** Ends its input and waits for it; returns the exit code. */
  async finish(): Promise<number> {
    await this.#input.close();
    return await this.#end();
  }

  /** Kills it at once; resolves when it is dead. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    this.#input.abort().catch(() => {});
    await this.#end();
  }

  async #end(): Promise<number> {
    await this.#reading;
    return (await this.#child.status).code;
  }

  #record(number: number): Record<string, unknown> {
    return {
      kind: "event",
      system_id: "demo",
      actor_address: `local://${number % 10}`,
      event_type: "OrderPlaced",
      payload: { writer: this.name, number },
    };
  }

  async #readAcknowledgements(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of this.#child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      // A line without its newline was not acknowledged: the process died in the middle of it.
      rest = lines.pop()!;
      for (const line of lines) this.acknowledged.push(Number(line));
    }
  }
}
