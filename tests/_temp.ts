/**
 * Places for tests to work in.
 *
 * @module
 */

/** Runs `body` with a fresh directory, which is removed afterwards. */
export async function inTempDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  // Resolved, so that paths compare with those that stores tell.
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "papyra-test-" }));
  try {
    return await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A test that gets a directory of its own. */
export function tempTest(name: string, body: (directory: string) => Promise<void>): void {
  Deno.test(name, () => inTempDirectory(body));
}
