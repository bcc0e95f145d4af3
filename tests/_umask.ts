/**
 * The umask, which all tests of a run share: they are threads of one process.
 *
 * @module
 */

/** Runs `body` while the umask takes away nothing, and no other call of this does. */
export async function withoutUmask(body: () => Promise<void>): Promise<void> {
  // Whoever came second would restore what the first had set, while that one still relies on it.
  using lock = await Deno.open(import.meta.filename!);
  await lock.lock(true);
  const umask = Deno.umask(0);
  try {
    await body();
  } finally {
    Deno.umask(umask);
  }
}
