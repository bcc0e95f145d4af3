/**
 * What a run came to, in a file that node_exporter collects: `--textfile`.
 *
 * @module
 */

import { messageOf } from "../errors.ts";
import { familiesText } from "../metrics/prometheus_text.ts";
import {
  COMMAND_SUCCESS_TIME,
  findingsOf,
  runFamilies,
  type RunFindings,
} from "../metrics/run_families.ts";
import { nativeFileSystem } from "../storage/native/native_file_system.ts";
import { readWhole } from "../storage/whole_file.ts";
import type { ExitCode } from "./exit_codes.ts";
import type { Notes } from "./notes.ts";
import { writeOutputFile } from "./output_file.ts";

const FILE_BYTES_MAX = 64 * 1024;

/** The file that a command is asked to leave, or none. */
export class Textfile {
  #run: { readonly command: string; readonly file: string; readonly label: string | null } | null =
    null;
  #began = 0;
  #found: RunFindings = {};

  /** Begins a run; values are those of its options. */
  begin(command: string, values: Readonly<Record<string, unknown>>): void {
    const { textfile: file, storeLabel } = values;
    if (typeof file !== "string") return;
    this.#run = { command, file, label: typeof storeLabel === "string" ? storeLabel : null };
    this.#began = performance.now();
  }

  /** Takes note of a report. */
  tell(report: object): void {
    if (this.#run !== null) this.#found = findingsOf(report);
  }

  /** Writes it; that it cannot be written changes nothing about what the command came to. */
  async write(exitCode: ExitCode, notes: Notes): Promise<void> {
    if (this.#run === null) return;
    const { command, file, label } = this.#run;
    const endedAt = Date.now() / 1000;
    try {
      const families = runFamilies({
        command,
        endedAt,
        durationSeconds: (performance.now() - this.#began) / 1000,
        exitCode,
        successAt: exitCode === 0 ? endedAt : await lastSuccess(file, command),
        found: this.#found,
      });
      const text = familiesText(families, label === null ? {} : { store: label });
      // The collector is seldom the user that runs maintenance.
      await writeOutputFile(file, text, { isPublic: true });
    } catch (error) {
      await notes.error(messageOf(error));
    }
  }
}

// A run that failed keeps when the one before it did not.
async function lastSuccess(file: string, command: string): Promise<number | null> {
  try {
    const text = await readWhole(nativeFileSystem, file, FILE_BYTES_MAX);
    const labels = `\\{(?:store="(?:[^"\\\\]|\\\\.)*",)?command="${command}"\\}`;
    const line = new RegExp(`^${COMMAND_SUCCESS_TIME}${labels} (\\d{1,12}(?:\\.\\d+)?)$`, "m");
    const [, time] = line.exec(text ?? "") ?? [];
    return time === undefined ? null : Number(time);
  } catch {
    return null;
  }
}
