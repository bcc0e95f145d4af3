/**
 * Entries for a consumer as they come: first those that it was given before, then new ones.
 *
 * When the connection breaks, entries may have been given out in an answer that never arrived. They
 * are pending behind the last one that did, so they are read from there before anything new is.
 *
 * @module
 */

import type { ConsumeEachOptions } from "../../backend/group_backend.ts";
import { throwIfAborted } from "../../errors.ts";
import type { ConsumedEntry } from "../../model/consumer_group.ts";
import { FIRST_ID } from "./entry_id.ts";
import type { ConsumerContext } from "./group_context.ts";
import { type OwnPage, READ, readNew, readOwn } from "./group_reader.ts";
import { asServerError, ConnectionLost } from "./server_error.ts";

/** How to go on. */
export type EachOptions =
  & Required<Pick<ConsumeEachOptions, "count" | "blockMs" | "limit" | "endWhenIdle">>
  & Pick<ConsumeEachOptions, "onCaughtUp">;

/** Yields entries until the signal fires, the limit is reached, or nothing comes and that is the end. */
export async function* consumeEach(
  context: ConsumerContext,
  options: EachOptions,
): AsyncGenerator<ConsumedEntry> {
  const position = new ReadingPosition(context, options.blockMs);
  for (let left = options.limit; left > 0;) {
    throwIfAborted(context.signal);
    const page = await position.next(Math.min(options.count, left));
    yield* page.entries;
    left -= page.entries.length;
    if (page.entries.length > 0) await options.onCaughtUp?.();
    else if (options.endWhenIdle && page.isNew) return;
  }
}

/** How far a consumer has come. */
class ReadingPosition {
  readonly #context: ConsumerContext;
  readonly #blockMs: number;
  /** The last entry that was handed out. */
  #behind = FIRST_ID;
  /** Whether there may be entries behind it that this consumer was given. */
  #isBehind = true;

  constructor(context: ConsumerContext, blockMs: number) {
    this.#context = context;
    this.#blockMs = blockMs;
  }

  async next(
    count: number,
  ): Promise<{ readonly entries: readonly ConsumedEntry[]; readonly isNew: boolean }> {
    const { servers, signal } = this.#context;
    try {
      return await servers.persistently(async () => {
        const isNew = !this.#isBehind;
        return { entries: isNew ? await this.#new(count) : await this.#own(count), isNew };
      }, signal);
    } catch (error) {
      throw asServerError(error, READ, servers.config.location);
    }
  }

  async #own(count: number): Promise<readonly ConsumedEntry[]> {
    const { entries, behind }: OwnPage = await readOwn(this.#context, this.#behind, count);
    if (behind === null) this.#isBehind = false;
    else this.#behind = behind;
    return entries;
  }

  async #new(count: number): Promise<readonly ConsumedEntry[]> {
    try {
      const entries = await readNew(this.#context, { count, blockMs: this.#blockMs });
      this.#behind = entries.at(-1)?.id ?? this.#behind;
      return entries;
    } catch (error) {
      this.#isBehind ||= error instanceof ConnectionLost;
      throw error;
    }
  }
}
