/**
 * The totals of a store, in a hash beside its streams: a field for each count, and one for each mark.
 *
 * A share is added by one script, all of it or nothing; and once, however often it is sent: each process
 * signs its shares with a name and a number, and the hash keeps the last number of each that is on its way.
 *
 * @module
 */

import {
  checkedShare,
  type KeptTotals,
  type MetricsShare,
  NO_TOTALS,
} from "../../../metrics/share.ts";

import type { Command } from "../servers/command.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import {
  asServerError,
  ConnectionLost,
  isScriptRefusal,
  ServerRefusal,
} from "../servers/server_error.ts";

const MARK = "mark:";
const SIGNED = "share:";
const SINCE = "since";
const RESTARTS = "restarts";
// What a killed process signed with is of no use to anybody after so long.
const SIGNATURE_AGE_MS_MAX = 24 * 60 * 60 * 1000;

// A field that holds no number begins anew: what fails in a script does not undo what went before.
// ARGV: the field of who signs, the share's number, the time, how many counts there are; then names and values.
const SCRIPT = `
local key, signer, number = KEYS[1], ARGV[1], tonumber(ARGV[2])
if tonumber(redis.call('HGET', key, signer) or '0') >= number then return 0 end
redis.call('HSETNX', key, '${SINCE}', ARGV[3])
local last = 4 + 2 * tonumber(ARGV[4])
for at = 5, last, 2 do
  if type(redis.pcall('HINCRBY', key, ARGV[at], ARGV[at + 1])) == 'table' then
    redis.call('HSET', key, ARGV[at], ARGV[at + 1])
    redis.call('HSET', key, '${RESTARTS}', 1)
  end
end
for at = last + 1, #ARGV, 2 do redis.call('HSET', key, ARGV[at], ARGV[at + 1]) end
redis.call('HSET', key, signer, number)
return 1
`;

/** The totals of all processes. */
export class StreamMetrics {
  readonly #servers: RedisServers;
  readonly #key: string;
  readonly #now: () => number;
  readonly #signer = `${SIGNED}${Date.now()}-${crypto.randomUUID().slice(0, 8)}`;
  #number = 0;
  // Sent, and nobody knows whether it was added; the same is sent again before anything else.
  #unsettled: { readonly command: Command } | null = null;
  // Until the server says that this user may run none.
  #takesScripts = true;

  /** Reads nothing yet. */
  constructor(servers: RedisServers, now: () => number) {
    this.#servers = servers;
    this.#key = servers.config.keys.metrics;
    this.#now = now;
  }

  /** The totals. */
  async load(): Promise<KeptTotals> {
    await this.#settle();
    const pairs = await this.#servers.call(this.#key, ["HGETALL", this.#key], {
      action: "read the counters of",
    }) as readonly string[];
    const counts: Record<string, number> = {};
    const marks: Record<string, number> = {};
    const others = new Map<string, number>();
    for (let index = 0; index < pairs.length; index += 2) {
      const [name, value] = [pairs[index]!, Number(pairs[index + 1])];
      if (name.startsWith(MARK)) marks[name.slice(MARK.length)] = value;
      else if (name === SINCE || name === RESTARTS) others.set(name, value);
      else counts[name] = value;
    }
    return {
      ...NO_TOTALS,
      ...checkedShare(counts, marks),
      state: pairs.length === 0 ? "none" : "kept",
      since: others.get(SINCE) ?? null,
      restarts: others.get(RESTARTS) ?? 0,
    };
  }

  /** Adds to the totals; false where they surely were not added to. */
  async add(share: MetricsShare): Promise<boolean> {
    await this.#settle();
    if (this.#takesScripts) {
      this.#number++;
      this.#unsettled = { command: this.#script(share) };
      try {
        await this.#settle();
        return true;
      } catch (error) {
        // It is settled, and was not added.
        if (this.#unsettled === null && this.#takesScripts) throw error;
        // It may have been added, and is sent again as it is.
        if (this.#unsettled !== null) return true;
      }
    }
    return await this.#addUnsigned(share);
  }

  /** Sets the counts to zero. */
  async reset(): Promise<void> {
    try {
      const { counts } = await this.load();
      const { connection } = await this.#servers.shared(this.#key);
      const names = Object.keys(counts);
      await connection.transaction([
        ...(names.length > 0 ? [["HDEL", this.#key, ...names]] : []),
        ["HSET", this.#key, SINCE, `${this.#now()}`],
      ]);
    } catch (error) {
      throw asServerError(error, "reset the counters of", this.#servers.config.location);
    }
  }

  /** Takes back the signature, and those of processes that were killed long ago. Called once, at the end. */
  async close(): Promise<void> {
    if (this.#number === 0 || !this.#takesScripts || this.#unsettled !== null) return;
    try {
      const { connection } = await this.#servers.shared(this.#key);
      const names = await connection.call(["HKEYS", this.#key]) as readonly string[];
      const gone = names.filter((name) => name === this.#signer || isOld(name));
      if (gone.length > 0) await connection.call(["HDEL", this.#key, ...gone]);
    } catch {
      // They take a few bytes until somebody else removes them.
    }
  }

  async #settle(): Promise<void> {
    const unsettled = this.#unsettled;
    if (unsettled === null) return;
    try {
      await this.#servers.call(this.#key, unsettled.command, { action: "count in" });
      this.#unsettled = null;
    } catch (error) {
      const { cause } = error as { readonly cause?: unknown };
      // What a server says no to, it did nothing of.
      if (!(cause instanceof ServerRefusal)) throw error;
      this.#unsettled = null;
      if (isScriptRefusal(cause)) this.#takesScripts = false;
      throw error;
    }
  }

  #script(share: MetricsShare): Command {
    const counts = Object.entries(share.counts).flatMap(([name, count]) => [name, `${count}`]);
    const about = [this.#signer, `${this.#number}`, `${this.#now()}`, `${counts.length / 2}`];
    return ["EVAL", SCRIPT, "1", this.#key, ...about, ...counts, ...markPairs(share)];
  }

  // Where scripts are not allowed, what got lost on its way may have been counted: once too few is better
  // than twice.
  async #addUnsigned(share: MetricsShare): Promise<boolean> {
    const increments = Object.entries(share.counts)
      .map(([name, count]): Command => ["HINCRBY", this.#key, name, `${count}`]);
    const marks = markPairs(share);
    let isSent = false;
    try {
      const { connection } = await this.#servers.shared(this.#key);
      isSent = true;
      await connection.transaction([
        ["HSETNX", this.#key, SINCE, `${this.#now()}`],
        ...increments,
        ...(marks.length > 0 ? [["HSET", this.#key, ...marks]] : []),
      ]);
      return true;
    } catch (error) {
      if (isSent && error instanceof ConnectionLost) return true;
      throw asServerError(error, "count in", this.#servers.config.location);
    }
  }
}

function markPairs({ marks }: MetricsShare): string[] {
  return Object.entries(marks).flatMap(([name, value]) => [`${MARK}${name}`, `${value}`]);
}

function isOld(name: string): boolean {
  const [, madeMs] = /^share:(\d{1,16})-/.exec(name) ?? [];
  return madeMs !== undefined && Number(madeMs) < Date.now() - SIGNATURE_AGE_MS_MAX;
}
