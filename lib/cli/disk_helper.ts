/**
 * The second process of `papyra doctor disk`, which is this program too.
 *
 * @module
 */

import { EXIT, type ExitCode } from "./exit_codes.ts";
import type { Session } from "./session.ts";
import { usageError } from "./usage_error.ts";

/** The word that makes a helper of this program. It is in no help: nobody else has a use for it. */
export const HELPER_WORD = "doctor-disk-helper";

/** Plays a role until standard input ends, which it also does when whoever started it dies. */
export async function runDiskHelper(
  role: readonly string[],
  { output, terminal }: Session,
): Promise<ExitCode> {
  const { playRole } = await import("../volume/roles.ts");
  const { nativeFileSystem } = await import("../storage/native/native_file_system.ts");
  const isKnown = await playRole(role, {
    fileSystem: nativeFileSystem,
    stop: endOf(terminal.stdin),
    say: async (line) => {
      await output.line(line);
      await output.flush();
    },
  });
  if (!isKnown) throw usageError(`Unknown role "${role[0] ?? ""}": see papyra doctor disk --help`);
  return EXIT.OK;
}

// Signals of the terminal reach this process too; whoever started it decides.
function endOf(input: AsyncIterable<Uint8Array>): AbortSignal {
  const controller = new AbortController();
  void (async () => {
    try {
      for await (const _ of input);
    } finally {
      controller.abort();
    }
  })().catch(() => {});
  return controller.signal;
}
