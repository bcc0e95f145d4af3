/** A simulated process that follows the store, now and then from where it stopped, until all is told. */

import { setTimeout } from "node:timers";
import { setTimeout as sleep } from "node:timers/promises";
import type { FilePersistence } from "../../lib/backends/file/file_persistence.ts";
import type { StoredRecord } from "../../lib/model/record.ts";
import type { Acknowledged } from "./_interleaved_ledger.ts";
import type { Stage } from "./_interleaved_roles.ts";

const QUIET_LOOK_MS = 20;
const QUIET_LOOKS_MAX = 500;

/** Follows the store, from its first record or from now on; each record must come once, and in order. */
export async function follower(store: FilePersistence, stage: Stage): Promise<void> {
  const { random } = stage;
  const following = new Following(store, stage, random.below(2) === 0 ? Infinity : 0);
  for (let stops = random.below(3); stops > 0; stops--) {
    const stopper = new AbortController();
    setTimeout(() => stopper.abort(), random.pick([5, 50, 500]));
    await following.follow(stopper.signal);
  }
  const stopper = new AbortController();
  await Promise.all([following.follow(stopper.signal), stopAtTheEnd(following, stage, stopper)]);
}

async function stopAtTheEnd(
  following: Following,
  stage: Stage,
  stopper: AbortController,
): Promise<void> {
  while (!stage.isQuiet()) await sleep(QUIET_LOOK_MS);
  for (let looks = 0; following.missing.length > 0 && looks < QUIET_LOOKS_MAX; looks++) {
    await sleep(QUIET_LOOK_MS);
  }
  stopper.abort();
  const [first] = following.missing;
  if (first !== undefined) throw new Error(`${first.name}, number ${first.seq}, never came`);
}

/** What a follower has seen. */
class Following {
  readonly #store: FilePersistence;
  readonly #stage: Stage;
  readonly #limit: number;
  readonly #seen: StoredRecord[] = [];
  // What may stand before the place where it began; null until it has one.
  #before: ReadonlySet<string> | null = null;

  constructor(store: FilePersistence, stage: Stage, limit: number) {
    this.#store = store;
    this.#stage = stage;
    this.#limit = limit;
  }

  /** Acknowledged events that have not come. */
  get missing(): readonly Acknowledged[] {
    const seqs = new Set(this.#seen.map(({ seq }) => seq));
    return this.#promised(this.#stage.ledger.acknowledged).filter(({ seq }) => !seqs.has(seq));
  }

  /** Follows until the signal fires. */
  async follow(signal: AbortSignal): Promise<void> {
    const { ledger } = this.#stage;
    const afterSeq = this.#seen.at(-1)?.seq;
    const from = typeof afterSeq === "number" ? { afterSeq } : { limit: this.#limit };
    // What was there when everything had come is seen when everything has come the next time.
    let known: readonly Acknowledged[] = [];
    const onCaughtUp = (): void => {
      this.#before ??= this.#limit === 0 ? ledger.submitted : new Set();
      ledger.check(this.#seen, this.#promised(known));
      known = ledger.acknowledged;
    };
    try {
      const records = this.#store.follow(undefined, { ...from, onCaughtUp, signal });
      for await (const record of records) this.#seen.push(record);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    ledger.check(this.#seen, []);
    // Where nothing came, it begins anew.
    if (this.#seen.length === 0) this.#before = null;
  }

  // Compaction takes audits away before they come.
  #promised(acknowledged: readonly Acknowledged[]): readonly Acknowledged[] {
    const firstSeq = this.#seen[0]?.seq ?? Infinity;
    return acknowledged.filter(({ name, seq, isAudit }) =>
      !isAudit && (seq >= firstSeq || !this.#before?.has(name))
    );
  }
}
