/**
 * What scripts print.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Prints a line to standard output. */
export function say(line: string): void {
  let rest = encoder.encode(`${line}\n`);
  while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
}

/** A duration in seconds, for people. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
