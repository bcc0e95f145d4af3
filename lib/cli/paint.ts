/**
 * Colours, and whether there are any.
 *
 * @module
 */

import type { OutputStream, Terminal } from "./terminal.ts";

const CODES = { red: 31, green: 32, yellow: 33 } as const;

/** A colour. */
export type Colour = keyof typeof CODES;

/** Colours text. */
export function paint(text: string, colour: Colour): string {
  return `\x1b[${CODES[colour]}m${text}\x1b[0m`;
}

/** Whether a stream shows colours, as far as the user wants them. */
export function mayPaint(stream: OutputStream, env: Terminal["env"], noColor: boolean): boolean {
  return stream.isTTY === true && !noColor && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}
