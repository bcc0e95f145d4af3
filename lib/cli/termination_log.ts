/**
 * What a command came to, in words, in a file that whoever started it reads once it has ended: the
 * termination message of a container.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { messageOf, PapyraError } from "../errors.ts";
import { escapeText } from "../model/escape_text.ts";
import { nativeFileSystem } from "../storage/native/native_file_system.ts";
import { asIoError } from "../storage/os_error.ts";
import { appendAll, openOrCreate } from "../storage/whole_file.ts";
import { findCommand } from "./find_command.ts";
import type { Notes } from "./notes.ts";
import type { Line } from "./printers/line.ts";
import { splitArguments } from "./split_arguments.ts";

/** What Kubernetes reads of such a file. */
const BYTES_MAX = 4096;
const FLAG = "--termination-log";
const ELLIPSIS = "…\n";

/** The file that a command line names, or none, and what is to stand in it. */
export class TerminationLog {
  readonly #file: string | null;
  #lines: string[] = [];

  constructor(file: string | null) {
    this.#file = file;
  }

  /** The one that a command line asks for; also where it cannot be read further. */
  static of(argv: readonly string[]): TerminationLog {
    // Splitting takes a while, and is done again by whoever reads the rest.
    if (!argv.some((argument) => argument.startsWith(FLAG))) return new TerminationLog(null);
    try {
      const { words, given } = splitArguments(argv);
      const takesOne = findCommand(words).command?.options["terminationLog"] !== undefined;
      return new TerminationLog(takesOne && given.get(FLAG)?.at(-1) || null);
    } catch {
      return new TerminationLog(null);
    }
  }

  /** Keeps what is to stand there. */
  tell(lines: readonly Line[]): void {
    if (this.#file !== null) this.#lines.push(...lines.map(([text]) => escapeText(text)));
  }

  /** Writes it; that it cannot be written changes nothing about what the command came to. */
  async write(notes: Notes): Promise<void> {
    if (this.#file === null || this.#lines.length === 0) return;
    try {
      await overwrite(this.#file, shortenedBytes(`${this.#lines.join("\n")}\n`));
    } catch (error) {
      await notes.error(messageOf(asIoError(error, "write the termination log", this.#file)));
    }
  }
}

// In place, because Kubernetes mounts the file itself: nothing can take its name.
async function overwrite(path: string, bytes: Uint8Array): Promise<void> {
  const directory = await nativeFileSystem.realPath(dirname(path));
  const place = join(directory, basename(path));
  const { file } = await openOrCreate(nativeFileSystem, place, false);
  try {
    if (file.stat().ownership?.isTrusted === false) {
      throw new PapyraError(
        "IO_ERROR",
        `Cannot write the termination log "${path}": the file belongs to another user`,
      );
    }
    await file.truncate(0);
    appendAll(file, bytes);
  } finally {
    await file.close();
  }
}

function shortenedBytes(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= BYTES_MAX) return bytes;
  const ellipsis = new TextEncoder().encode(ELLIPSIS);
  let end = BYTES_MAX - ellipsis.length;
  // Not within a character.
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return Uint8Array.from([...bytes.subarray(0, end), ...ellipsis]);
}
