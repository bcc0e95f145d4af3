/**
 * Receipts of maintenance, in a stream beside the others: one entry before a change, one behind it.
 *
 * @module
 */

import type { Receipt } from "../../../model/report.ts";
import type { Reply } from "../servers/command.ts";
import type { RedisServers } from "../servers/redis_servers.ts";

const PAGE_ENTRIES = 200;

/** Writes and reads receipts. */
export class StreamReceipts {
  readonly #servers: RedisServers;
  readonly #key: string;

  /** Reads nothing yet. */
  constructor(servers: RedisServers) {
    this.#servers = servers;
    this.#key = servers.config.keys.receipts;
  }

  /** Writes down what is about to be done; the receipt. */
  async begin(
    operation: string,
    at: number,
    details: Receipt["details"],
  ): Promise<Receipt> {
    const receipt: Receipt = {
      id: crypto.randomUUID(),
      at,
      operation,
      outcome: "pending",
      details,
    };
    await this.#write(receipt);
    return receipt;
  }

  /** Writes down what was done; the id. */
  async end(receipt: Receipt, details: Receipt["details"]): Promise<string> {
    await this.#write({ ...receipt, outcome: "done", details: { ...receipt.details, ...details } });
    return receipt.id;
  }

  /** Yields receipts, oldest first, each as its last entry tells it. */
  async *all(signal: AbortSignal | undefined): AsyncGenerator<Receipt> {
    // The change itself stands between the two, so few are open at once.
    const open = new Map<string, Receipt>();
    for (let from = "-";;) {
      const page = await this.#page(from, signal);
      for (const [id, receipt] of page) {
        from = `(${id}`;
        if (receipt === null) continue;
        if (receipt.outcome === "pending") open.set(receipt.id, receipt);
        else {
          open.delete(receipt.id);
          yield receipt;
        }
      }
      if (page.length < PAGE_ENTRIES) break;
    }
    yield* open.values();
  }

  // Written twice, it tells the same.
  async #write(receipt: Receipt): Promise<void> {
    const command = ["XADD", this.#key, "*", "data", JSON.stringify(receipt)];
    await this.#servers.call(this.#key, command, { action: "write a receipt of" });
  }

  async #page(
    from: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly (readonly [id: string, receipt: Receipt | null])[]> {
    const command = ["XRANGE", this.#key, from, "+", "COUNT", `${PAGE_ENTRIES}`];
    const page = await this.#servers.call(this.#key, command, {
      signal,
      action: "read the receipts of",
    });
    return (page as readonly Reply[]).map((entry) => {
      const [id, [, text]] = entry as readonly [string, readonly string[]];
      return [id, receiptFrom(text)] as const;
    });
  }
}

function receiptFrom(text: string | undefined): Receipt | null {
  try {
    const value = JSON.parse(text ?? "") as Partial<Receipt>;
    return typeof value.id === "string" && typeof value.at === "number" ? value as Receipt : null;
  } catch {
    return null;
  }
}
