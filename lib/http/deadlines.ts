/**
 * How long connections may take.
 *
 * @module
 */

import type { Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";

/** Cuts connections that take longer than they may. */
export class Deadlines {
  readonly #timers = new Map<Socket, ReturnType<typeof setTimeout>>();

  /** Gives a connection so long from now on, in place of what it had. */
  set(socket: Socket, timeMs: number): void {
    const timer = this.#timers.get(socket);
    if (timer === undefined) socket.once("close", () => this.#forget(socket));
    else clearTimeout(timer);
    this.#timers.set(socket, setTimeout(() => socket.destroy(), timeMs));
  }

  /** Gives every connection so long from now on. */
  setAll(timeMs: number): void {
    for (const socket of this.#timers.keys()) this.set(socket, timeMs);
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#timers.get(socket));
    this.#timers.delete(socket);
  }
}
