/**
 * Lines of text output.
 *
 * @module
 */

import type { Colour } from "../paint.ts";

/** A line, with its colour where it has one. */
export type Line = readonly [text: string, colour?: Colour];

/** `None` for what is not there, as the original prints it. */
export function orNone(value: string | number | null | undefined): string {
  return String(value ?? "None");
}
