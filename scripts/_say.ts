/**
 * What scripts print.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Prints a line to standard output. */
export function say(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

/** A duration in seconds, for people. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
