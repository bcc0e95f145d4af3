/**
 * One process that plays a role on a store, until it is killed.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";
import { Child, type Runtime } from "./_child.ts";
import { RESTING } from "./_orders.ts";

/** What an actor does. */
export type Role = "writer" | "compactor" | "recoverer" | "scanner" | "reader";

/** A role, and what plays it. */
export interface Part {
  /** The role. */
  readonly role: Role;
  /** A script of this directory. */
  readonly script: string;
  /** Its arguments. */
  readonly args: readonly (string | number)[];
}

const KILLED_CODE = 137;
// Whoever takes longer hangs.
const REST_MS_MAX = 60_000;

/** A process with a role. */
export class Actor {
  readonly role: Role;
  readonly #child: Child;
  readonly #end: Promise<void>;
  readonly #fault = Promise.withResolvers<never>();
  #isAlive = true;
  #mayDie = false;
  #onResting = (): void => {};

  /** @param onLine called for every line that it prints but the one that says it rests */
  constructor(runtime: Runtime, { role, script, args }: Part, onLine: (line: string) => void) {
    this.role = role;
    this.#child = new Child(runtime, script, args, (line) => {
      if (line === RESTING) this.#onResting();
      else this.#hear(line, onLine);
    });
    this.#end = this.#live();
    // Faults are told by the next order to rest.
    for (const fault of [this.#end, this.#fault.promise]) fault.catch(() => {});
  }

  /** Whether it still runs. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Whether it was told to die. */
  get mayDie(): boolean {
    return this.#mayDie;
  }

  /** Kills it, whatever it does. */
  async kill(): Promise<void> {
    this.#mayDie = true;
    await this.#child.kill();
    await this.#end;
  }

  /** Has it kill itself in the middle of its nth change of the disk from now. */
  async dieAtChange(change: number): Promise<void> {
    this.#mayDie = true;
    await this.#child.order(`die ${change}`);
  }

  /** Takes that back; while it rests. */
  async spare(): Promise<void> {
    await this.#child.order("die 0");
    this.#mayDie = false;
  }

  /** Waits until it does nothing any more, or is dead. Everything that it said was heard then. */
  async rest(): Promise<void> {
    const resting = new Promise<void>((resolve) => this.#onResting = resolve);
    await this.#child.order("rest");
    const hangs = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => hangs.reject(new Error(`the ${this.role} does not come to rest`)),
      REST_MS_MAX,
    );
    const outcomes = [resting, this.#end, this.#fault.promise, hangs.promise];
    await Promise.race(outcomes).finally(() => clearTimeout(timer));
  }

  /** Lets it work on. */
  async go(): Promise<void> {
    await this.#child.order("go");
  }

  /** Ends it where it still runs. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#child.kill();
  }

  #hear(line: string, onLine: (line: string) => void): void {
    try {
      onLine(line);
    } catch (error) {
      this.#fault.reject(error);
    }
  }

  async #live(): Promise<void> {
    const code = await this.#child.ended();
    this.#isAlive = false;
    if (code !== KILLED_CODE || !this.#mayDie) {
      throw new Error(`the ${this.role} ended with exit code ${code}`);
    }
  }
}
