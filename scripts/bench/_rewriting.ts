/**
 * What workloads share that write a store anew: a copy to work on, and the plainest way to write as
 * much durably.
 *
 * @module
 */

import { cp } from "node:fs/promises";
import { join } from "node:path";
import { captureOrThrow } from "../_run.ts";
import { type Command, papyra, ratedCommand } from "./_command.ts";
import { makeEmpty } from "./_empty_directory.ts";
import type { SampleStore } from "./_sample_stores.ts";
import { runSubject } from "./_subject.ts";
import type { BenchContext, Goal, Variant } from "./_workload.ts";
import type { SubjectName, SubjectOptions } from "./subject.ts";

/** What `cp` is called. */
export const COPYING = "cp and sync";

// "Within 1.5 times as long", as a ratio of rates.
const RATE_LEAST = 1 / 1.5;

/** Ways to write a store anew. */
export class Rewriting {
  readonly #store: SampleStore;
  readonly #directory: string;
  /** The copy that is worked on. */
  readonly path: string;

  constructor({ directory }: BenchContext, store: SampleStore) {
    this.#store = store;
    this.#directory = join(directory, "rewriting");
    this.path = join(this.#directory, "store.ndjson");
  }

  /** `cp` of the store, and `sync` of the copy. */
  copying(): Variant {
    const copy = `${this.path}.copy`;
    return this.#rated(COPYING, [{ run: ["cp", this.path, copy] }, { run: ["sync", copy] }]);
  }

  /** A command of the executable on the copy, whose arguments are made when it is run. */
  executable(name: string, argsOf: () => readonly string[]): Variant {
    const run = () => this.#rated(name, [papyra([...argsOf(), "--path", this.path])]).run();
    return { name, isPapyra: true, prepare: this.#prepare, run };
  }

  /** The same through the module, on Deno. */
  module(name: string, subject: SubjectName, options: () => Partial<SubjectOptions>): Variant {
    return {
      name,
      isPapyra: true,
      prepare: this.#prepare,
      run: () => runSubject("Deno", subject, { path: this.path, ...options() }),
    };
  }

  #rated(name: string, commands: readonly Command[]): Variant {
    return ratedCommand({ name, prepare: this.#prepare, commands }, this.#store.bytes / 1e6);
  }

  readonly #prepare = async (): Promise<void> => {
    makeEmpty(this.#directory);
    await cp(this.#store.path, this.path);
    // The copy's own way to the disk is nobody's to pay for.
    await captureOrThrow("sync", []);
  };
}

/** Each of these within 1.5 times as long as `cp` and `sync`. */
export function goalsBesideCopying(variants: readonly Variant[]): Goal[] {
  return variants.map(({ name }) => ({ of: name, against: COPYING, atLeast: RATE_LEAST }));
}
