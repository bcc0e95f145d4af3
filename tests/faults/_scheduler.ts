/**
 * Decides which of several simulated processes goes on next, and what time it is for them.
 *
 * Between two decisions exactly one process runs, until all that it waits for is a call of its file
 * system or a timer. So a seed determines a whole run.
 */

import type { Random } from "../_random.ts";

/** One simulated process. */
export interface Process {
  /** Its name, for the trace. */
  readonly name: string;
  /** How readily it is chosen. */
  weight: number;
  /** False once it was killed: nothing that it does has an effect any more. */
  isAlive: boolean;
}

/** Something that goes on when it is chosen. */
interface Waiting {
  readonly process: Process;
  readonly goOn: () => void;
  /** When its time has come; 0 for a call. */
  readonly dueMs: number;
  /** Since when it could go on. */
  readonly sinceMs: number;
}

// How readily processes are chosen: alike, or one of them far behind the others.
const WEIGHTS = [1, 1, 4, 30];
const CALL_MS_MAX = 0.5;
const SLOW_CALL_MS = [0, 0, 0, 0, 0, 0, 10, 50, 50];
// Once in so many times a call is as slow as this.
const SLOWEST_CALL_ONE_IN = 40;
const SLOWEST_CALL_MS = 1200;
// Whoever could go on for so long goes first: nobody's deadline passes because another process, with a
// lock in its hand, is never chosen.
const STARVED_MS = 100;
const STEPS_MAX = 30_000;

/** A scheduler for one run. */
export class Scheduler {
  readonly #random: Random;
  readonly #waiting = new Set<Waiting>();
  #nowMs = 0;
  #current: Process | null = null;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The time, milliseconds from the beginning of the run. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** A new process, which runs `body` once it is chosen. Resolves when it has ended or was killed. */
  start(name: string, body: (process: Process) => Promise<void>): Process {
    const process = { name, weight: this.#random.pick(WEIGHTS), isAlive: true };
    this.#add(process, 0, () => void body(process));
    return process;
  }

  /** Waits until it is the process's turn; forever, once it was killed. */
  turn(process: Process): Promise<void> {
    return new Promise((resolve) => this.#add(process, 0, resolve));
  }

  /** Calls back after a time, in the process that runs now; the function returned takes it back. */
  after(delayMs: number, goOn: () => void): () => void {
    const process = this.#current;
    if (process === null) throw new Error("a timer of no process");
    return this.#add(process, this.#nowMs + Math.max(delayMs, Number.MIN_VALUE), goOn);
  }

  /** Ends a process: what it waits for never comes. */
  kill(process: Process): void {
    process.isAlive = false;
    for (const waiting of this.#waiting) {
      if (waiting.process === process) this.#waiting.delete(waiting);
    }
  }

  /** Lets the processes run until `isOver`, or until nothing waits any more. */
  async run(isOver: () => boolean): Promise<void> {
    for (let step = 0; !isOver() && this.#waiting.size > 0; step++) {
      if (step > STEPS_MAX) throw new Error(`no end after ${STEPS_MAX} steps`);
      const next = this.#choose();
      this.#waiting.delete(next);
      this.#current = next.process;
      next.goOn();
      await settled();
    }
    this.#current = null;
  }

  #add(process: Process, dueMs: number, goOn: () => void): () => void {
    if (!process.isAlive) return () => {};
    const waiting = { process, dueMs, goOn, sinceMs: Math.max(dueMs, this.#nowMs) };
    this.#waiting.add(waiting);
    return () => void this.#waiting.delete(waiting);
  }

  #choose(): Waiting {
    const due = [...this.#waiting].filter(({ dueMs }) => dueMs <= this.#nowMs);
    const starved = due.find(({ sinceMs }) => this.#nowMs - sinceMs > STARVED_MS);
    if (starved !== undefined) return starved;
    const timers = [...this.#waiting].filter(({ dueMs }) => dueMs > this.#nowMs)
      .sort((one, other) => one.dueMs - other.dueMs);
    const earliest = timers[0];
    if (earliest !== undefined && (due.length === 0 || this.#mayBeFirst(earliest))) {
      this.#nowMs = earliest.dueMs;
      return earliest;
    }
    this.#nowMs += this.#random.next() * CALL_MS_MAX;
    const chosen = this.#pick(due);
    if (this.#random.below(20) === 0) chosen.process.weight = this.#random.pick(WEIGHTS);
    return chosen;
  }

  // A call takes a little time, or on a slow disk so much that a timer comes first.
  #mayBeFirst(timer: Waiting): boolean {
    const callMs = this.#random.below(SLOWEST_CALL_ONE_IN) === 0
      ? SLOWEST_CALL_MS
      : this.#random.pick(SLOW_CALL_MS);
    return timer.dueMs - this.#nowMs < callMs;
  }

  #pick(candidates: readonly Waiting[]): Waiting {
    const sum = candidates.reduce((total, { process }) => total + process.weight, 0);
    let rest = this.#random.next() * sum;
    return candidates.find(({ process }) => (rest -= process.weight) < 0) ?? candidates.at(-1)!;
  }
}

// Everything that the chosen process does without waiting happens before this resolves.
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
