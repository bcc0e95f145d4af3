/**
 * What an unwilling disk says.
 *
 * @module
 */

/** An error as the operating system gives it. */
export function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}
