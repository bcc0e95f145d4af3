/** Stands in for `node:timers` where time is simulated. */

import { after } from "./_virtual_time.ts";

class Timer {
  #cancel: () => void = () => {};

  constructor(delayMs: number, body: () => void, repeats: boolean) {
    const arm = (): void => {
      this.#cancel = after(delayMs, () => {
        if (repeats) arm();
        body();
      });
    };
    arm();
  }

  unref(): this {
    return this;
  }

  cancel(): void {
    this.#cancel();
  }
}

export function setTimeout(body: () => void, delayMs: number): Timer {
  return new Timer(delayMs, body, false);
}

export function setInterval(body: () => void, delayMs: number): Timer {
  return new Timer(delayMs, body, true);
}

export function setImmediate(body: () => void): Timer {
  return new Timer(0, body, false);
}

export function clearTimeout(timer: Timer | undefined): void {
  timer?.cancel();
}

export function clearInterval(timer: Timer | undefined): void {
  timer?.cancel();
}
