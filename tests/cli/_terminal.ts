/**
 * A terminal that keeps what is written to it.
 *
 * @module
 */

import { Writable } from "node:stream";
import type { OutputStream, StopSignal, Terminal } from "../../lib/cli/terminal.ts";

/** A stream that keeps what is written. */
export class KeptStream extends Writable {
  isTTY = false;
  text = "";

  override _write(chunk: Uint8Array, _encoding: string, callback: () => void): void {
    this.text += new TextDecoder().decode(chunk);
    callback();
  }
}

/** A terminal for tests within one process. */
export interface FakeTerminal extends Terminal {
  readonly stdout: OutputStream & KeptStream;
  readonly stderr: OutputStream & KeptStream;
  /** Sends a signal. */
  stop(signal: StopSignal): void;
  /** Hangs up. */
  hangUp(): void;
}

/** Makes one. */
export function fakeTerminal(env: Terminal["env"] = {}): FakeTerminal {
  const listeners: ((signal: StopSignal) => void)[] = [];
  const hangupListeners: (() => void)[] = [];
  return {
    stdout: new KeptStream(),
    stderr: new KeptStream(),
    stdin: ReadableStream.from<Uint8Array>([]),
    env,
    onStop: (listener) => void listeners.push(listener),
    startSelf: () => {
      throw new Error("The tests are not the command line");
    },
    onHangup: (listener) => void hangupListeners.push(listener),
    stop: (signal) => listeners.forEach((listener) => listener(signal)),
    hangUp: () => hangupListeners.forEach((listener) => listener()),
  };
}
