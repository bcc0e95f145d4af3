/**
 * Contents that replace one another, each of which tells whether it is whole.
 *
 * @module
 */

const LINE_BYTES = 128;
const LINES = 256;

/** The content with a number. */
export function versionText(version: number): string {
  return `${`version ${version} `.padEnd(LINE_BYTES - 1, "x")}\n`.repeat(LINES);
}

/** The number of a content; null where it is not whole. */
export function versionOf(text: string): number | null {
  const version = Number(/^version (\d+) /.exec(text)?.[1]);
  return text === versionText(version) ? version : null;
}
