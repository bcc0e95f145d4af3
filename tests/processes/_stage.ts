/**
 * Places for tests to work in.
 *
 * @module
 */

/** Runs `body` with a fresh directory, which is removed afterwards. */
export async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "papyra-processes-" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
