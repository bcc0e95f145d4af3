/**
 * Entries for a consumer as they come: first those that it was given before, then new ones.
 *
 * When the connection breaks, entries may have been given out in an answer that never arrived. They
 * are pending behind the last one that did, so they are read from there before anything new is.
 *
 * @module
 */

import type { ConsumeEachOptions } from "../../../backend/group_backend.ts";
import { throwIfAborted } from "../../../errors.ts";
import type { ConsumedEntry } from "../../../model/consumer_group.ts";
import { FIRST_ID } from "../streams/entry_id.ts";
import type { ConsumerContext } from "./group_context.ts";
import {
  type OwnPage,
  READ,
  type ReadingOptions,
  readNew,
  readOwn,
  turnMs,
} from "./group_reader.ts";
import { asServerError, ConnectionLost } from "../servers/server_error.ts";

/** How to go on. */
export type EachOptions =
  & Required<Pick<ConsumeEachOptions, "count" | "blockMs" | "limit" | "endWhenIdle">>
  & Pick<ConsumeEachOptions, "onCaughtUp">;

/** Yields entries until the signal fires, the limit is reached, or nothing comes and that is the end. */
export async function* consumeEach(
  context: ConsumerContext,
  { count, blockMs, limit, endWhenIdle, onCaughtUp }: EachOptions,
): AsyncGenerator<ConsumedEntry> {
  const position = new ReadingPosition(context);
  let idleEnd = performance.now() + blockMs;
  for (let left = limit; left > 0;) {
    throwIfAborted(context.signal);
    const waitMs = endWhenIdle ? idleEnd - performance.now() : blockMs;
    const page = await position.next({ count: Math.min(count, left), blockMs: turnMs(waitMs) });
    yield* page.entries;
    left -= page.entries.length;
    if (page.entries.length > 0) {
      await onCaughtUp?.();
      idleEnd = performance.now() + blockMs;
    } else if (endWhenIdle && page.isNew && performance.now() >= idleEnd) return;
  }
}

/** How far a consumer has come. */
class ReadingPosition {
  readonly #context: ConsumerContext;
  /** The last entry that was handed out. */
  #behind = FIRST_ID;
  /** Whether there may be entries behind it that this consumer was given. */
  #isBehind = true;

  constructor(context: ConsumerContext) {
    this.#context = context;
  }

  async next(
    reading: ReadingOptions,
  ): Promise<{ readonly entries: readonly ConsumedEntry[]; readonly isNew: boolean }> {
    const { servers, signal } = this.#context;
    try {
      return await servers.persistently(async () => {
        const isNew = !this.#isBehind;
        return { entries: isNew ? await this.#new(reading) : await this.#own(reading), isNew };
      }, signal);
    } catch (error) {
      throw asServerError(error, READ, servers.config.location);
    }
  }

  async #own({ count }: ReadingOptions): Promise<readonly ConsumedEntry[]> {
    const { entries, behind }: OwnPage = await readOwn(this.#context, this.#behind, count);
    if (behind === null) this.#isBehind = false;
    else this.#behind = behind;
    return entries;
  }

  async #new(reading: ReadingOptions): Promise<readonly ConsumedEntry[]> {
    try {
      const entries = await readNew(this.#context, reading);
      this.#behind = entries.at(-1)?.id ?? this.#behind;
      return entries;
    } catch (error) {
      this.#isBehind ||= error instanceof ConnectionLost;
      throw error;
    }
  }
}
