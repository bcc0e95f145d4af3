/**
 * Temporary directories that are gone afterwards, also when the script is stopped.
 *
 * @module
 */

import { killChildren } from "./_run.ts";

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs `body` with a fresh temporary directory, which is removed afterwards. */
export async function withTemporaryDirectory<T>(
  name: string,
  body: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: `papyra-${name}-` });
  const listeners = removeOnSignals(directory);
  try {
    return await body(directory);
  } finally {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
    await Deno.remove(directory, { recursive: true });
  }
}

function removeOnSignals(directory: string): [Deno.Signal, () => void][] {
  return Object.entries(EXIT_CODES).map(([name, exitCode]) => {
    const signal = name as keyof typeof EXIT_CODES;
    const listener = () => {
      killChildren();
      Deno.removeSync(directory, { recursive: true });
      Deno.exit(exitCode);
    };
    Deno.addSignalListener(signal, listener);
    return [signal, listener];
  });
}
