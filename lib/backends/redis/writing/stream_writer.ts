/**
 * Writes records: in order, over one connection, many on the way at once; and settles what a broken
 * connection left before anything later is sent.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import type { Acknowledgement } from "../../../backend/backend.ts";
import { PapyraError } from "../../../errors.ts";
import { WriteQueue } from "../../../storage/appending/write_queue.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import type { SentWrite, Signature, StreamLine, StreamRequest } from "./sent_write.ts";
import {
  explainServerError,
  isPassing,
  isRedirection,
  isScriptRefusal,
  ServerRefusal,
} from "../servers/server_error.ts";
import { settleWrites } from "./settle_writes.ts";
import { openLink, type WriteLink } from "./write_link.ts";
import { sendRound, type WriteSink } from "./write_round.ts";

// Small, so that the server works on one while the next is made, and nobody else waits for it for long.
const ROUND_BYTES = 32 * 1024;
const ROUNDS_MAX = 8;
const REFUSED_PAUSE_MS = 50;

/** Writes to the streams of one server. */
export class StreamWriter {
  readonly #servers: RedisServers;
  readonly #keys: readonly string[];
  readonly #signature: Signature;
  readonly #onBatch: (records: number, seconds: number) => void;
  readonly #queue: WriteQueue<StreamLine, Acknowledgement>;
  /** Sent over the link, and not answered for yet; in order. */
  readonly #sent = new Set<SentWrite>();
  /** Taken from the queue, to be sent before anything else in it. */
  #ahead: SentWrite[] = [];
  #link: WriteLink | undefined;
  #refusedSinceMs: number | undefined;
  // Until the server says that this user may run none.
  #takesScripts = true;
  #working: Promise<void> | undefined;
  #wake: () => void = () => {};

  /** @param keys the streams, which are surely on one server */
  constructor(
    servers: RedisServers,
    keys: readonly string[],
    signature: Signature,
    onBatch: (records: number, seconds: number) => void,
  ) {
    this.#onBatch = onBatch;
    this.#servers = servers;
    this.#keys = keys;
    this.#signature = signature;
    this.#queue = new WriteQueue(servers.config.queueBytesMax, ({ line }) => line.length);
  }

  /**
   * Writes records, together or not at all. Rejects with NOT_WRITTEN, UNKNOWN or UNDER_REPLICATED.
   * Until they are sent, `signal` withdraws them.
   */
  append(
    records: readonly StreamLine[],
    signal: AbortSignal | undefined,
  ): Promise<Acknowledgement> {
    const answer = this.#queue.add(records, signal);
    this.#working ??= this.#work();
    this.#wake();
    return answer;
  }

  /** What waits to be sent. */
  get waiting(): { readonly records: number; readonly bytes: number } {
    return this.#queue.waiting;
  }

  /** Resolves once nothing waits and nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  /** Lets go of the connection. */
  close(): void {
    this.#link?.connection.close();
  }

  async #work(): Promise<void> {
    // All that is called in one go is sent in one go.
    await Promise.resolve();
    while (this.#queue.hasRecords || this.#ahead.length > 0 || this.#sent.size > 0) {
      try {
        this.#link = await this.#usableLink();
        await this.#sendAll(this.#link);
      } catch (error) {
        this.#giveUp(error);
      }
    }
    // In the same breath as finding nothing left: what is added next begins anew.
    this.#working = undefined;
  }

  async #usableLink(): Promise<WriteLink> {
    const lost = this.#link;
    if (lost !== undefined && !lost.connection.isBroken && !lost.isToBeLeft) return lost;
    lost?.connection.close();
    if (this.#refusedSinceMs !== undefined) await setTimeout(REFUSED_PAUSE_MS);
    return await this.#servers.persistently(async () => {
      const link = await openLink(this.#servers, this.#keys, this.#takesScripts);
      try {
        if (lost !== undefined && this.#sent.size > 0) await this.#settle(lost, link);
        return link;
      } catch (error) {
        link.connection.close();
        throw error;
      }
    });
  }

  async #settle(lost: WriteLink, link: WriteLink): Promise<void> {
    const open = [...this.#sent].filter(({ wasRefused }) => !wasRefused);
    const fates = open.length === 0
      ? new Map()
      : await settleWrites(open, lost, link, this.#signature);
    const lastWritten = open.findLastIndex((write) => fates.get(write) === "written");
    const again: SentWrite[] = [];
    for (const write of this.#sent) {
      const fate = write.wasRefused ? "absent" : fates.get(write);
      if (fate === "written") this.#acknowledge(write);
      else if (fate === "unknown") {
        this.#reject(write, unknown(this.#servers, "the connection broke"));
      } // What came behind it was written: sent again, it would have changed places.
      else if (open.indexOf(write) < lastWritten && !write.wasRefused) {
        this.#reject(write, notWritten(this.#servers, "the server refused it"));
      } else again.push({ ...write, wasRefused: false });
    }
    this.#sent.clear();
    this.#ahead = [...again, ...this.#ahead];
  }

  async #sendAll(link: WriteLink): Promise<void> {
    const rounds = new Set<Promise<void>>();
    for (;;) {
      const isUsable = !link.connection.isBroken && !link.isToBeLeft;
      const batch = isUsable && rounds.size < ROUNDS_MAX ? this.#nextBatch(link) : [];
      if (batch.length > 0) {
        const round: Promise<void> = this.#sendRound(link, batch).finally(() => {
          rounds.delete(round);
          this.#wake();
        });
        rounds.add(round);
      } else if (rounds.size === 0) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #nextBatch(link: WriteLink): readonly SentWrite[] {
    const ahead = this.#ahead;
    this.#ahead = [];
    const taken = ahead.length > 0 ? [] : this.#queue.take(ROUND_BYTES).map((request) => ({
      request,
      firstCount: this.#signature.next(request.records.length),
      wasRefused: false,
    }));
    return [...ahead, ...taken].filter((write) => this.#isSendable(write, link));
  }

  #isSendable(write: SentWrite, link: WriteLink): boolean {
    const unusable = write.request.records.find(({ key }) => link.unusableKeys.has(key));
    if (unusable === undefined) return true;
    const why = explainServerError(new ServerRefusal("WRONGTYPE"));
    this.#reject(write, notWritten(this.#servers, `"${unusable.key}": ${why}`));
    // The next one looks at the key again.
    link.isToBeLeft = true;
    return false;
  }

  async #sendRound(link: WriteLink, batch: readonly SentWrite[]): Promise<void> {
    const { minReplicas, replicaTimeoutMs, commandTimeoutMs } = this.#servers.config;
    const { connection } = link;
    const added: SentWrite[] = [];
    const sink: WriteSink = {
      answered: (write, refused) => {
        if (refused.length > 0) this.#takeRefusals(link, write, refused);
        else if (minReplicas === 0) this.#acknowledge(write);
        else added.push(write);
        this.#refusedSinceMs = refused.length === 0 ? undefined : this.#refusedSinceMs;
      },
      failed: (write, error) => this.#takeFailure(link, write, error),
    };
    for (const write of batch) this.#sent.add(write);
    const began = performance.now();
    const round = sendRound(link, batch, this.#signature, sink).then(() => {
      const records = batch.reduce((sum, { request }) => sum + request.records.length, 0);
      this.#onBatch(records, (performance.now() - began) / 1000);
    });
    if (minReplicas === 0) return await connection.within(commandTimeoutMs, round);
    const replicas = connection.post(["WAIT", `${minReplicas}`, `${replicaTimeoutMs}`])
      .then(Number, () => 0);
    const timeoutMs = commandTimeoutMs + replicaTimeoutMs;
    const [count] = await connection.within(timeoutMs, Promise.all([replicas, round]));
    for (const write of added) this.#acknowledge(write, count);
  }

  // A transaction or script does what it can: a command that fails in it does not undo the others.
  #takeRefusals(link: WriteLink, write: SentWrite, refused: readonly ServerRefusal[]): void {
    const [first] = refused;
    if (refused.length === write.request.records.length) {
      return this.#takeFailure(link, write, first);
    }
    const why = `a part was written, the rest was refused: ${explainServerError(first)}`;
    this.#reject(write, unknown(this.#servers, why, first));
  }

  #takeFailure(link: WriteLink, write: SentWrite, error: unknown): void {
    // What got lost is settled over the next connection.
    if (!(error instanceof ServerRefusal)) return;
    const isMoved = isRedirection(error) && this.#servers.config.topology !== "standalone";
    const isScript = link.takesScripts && isScriptRefusal(error);
    if (isScript) this.#takesScripts = false;
    if (!isMoved && !isScript && !isPassing(error)) {
      return this.#reject(write, notWritten(this.#servers, explainServerError(error), error));
    }
    write.wasRefused = true;
    link.isToBeLeft = true;
    if (isScript) return;
    this.#refusedSinceMs ??= performance.now();
    this.#assertNotTooLong(write, error);
  }

  #assertNotTooLong(write: SentWrite, error: ServerRefusal): void {
    const { reconnectTimeoutMs } = this.#servers.config;
    if (performance.now() - this.#refusedSinceMs! < reconnectTimeoutMs) return;
    this.#reject(write, notWritten(this.#servers, explainServerError(error), error));
  }

  #acknowledge(write: SentWrite, replicas = 0): void {
    this.#sent.delete(write);
    const { request } = write;
    if (replicas < this.#servers.config.minReplicas) {
      request.reject(underReplicated(this.#servers, replicas));
    } else request.resolve({ firstSeq: null, lastSeq: null, count: request.records.length });
  }

  #reject(write: SentWrite, error: PapyraError): void {
    this.#sent.delete(write);
    write.request.reject(error);
  }

  #giveUp(error: unknown): void {
    const why = explainServerError(error);
    for (const write of this.#sent) {
      this.#reject(
        write,
        write.wasRefused
          ? notWritten(this.#servers, why, error)
          : unknown(this.#servers, why, error),
      );
    }
    const rejectAll = (requests: Iterable<StreamRequest>) => {
      for (const request of requests) request.reject(notWritten(this.#servers, why, error));
    };
    rejectAll(this.#ahead.map(({ request }) => request));
    this.#ahead = [];
    while (this.#queue.hasRecords) rejectAll(this.#queue.take(Infinity));
  }
}

function notWritten({ config }: RedisServers, why: string, cause?: unknown): PapyraError {
  const message = `Cannot record to ${config.location}: ${why}; nothing was written`;
  return new PapyraError("NOT_WRITTEN", message, { cause });
}

function unknown({ config }: RedisServers, why: string, cause?: unknown): PapyraError {
  const message = `Cannot tell whether the record was written to ${config.location}: ${why}; ` +
    "look for it before you record it again";
  return new PapyraError("UNKNOWN", message, { cause });
}

function underReplicated({ config }: RedisServers, replicas: number): PapyraError {
  const message = `The record was written to ${config.location}, and only ${replicas} of ` +
    `${config.minReplicas} replicas are known to have it: do not record it again`;
  return new PapyraError("UNDER_REPLICATED", message);
}
