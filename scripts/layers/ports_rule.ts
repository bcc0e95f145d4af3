/**
 * The outside world is touched in few places: files, the terminal and the end of the process.
 *
 * @module
 */

import { codeLines, type Finding, importsOf, isLibrary, type SourceFile } from "./source_file.ts";

const FILES = /^node:fs(?:\/|$)/;
const NATIVE = /^lib\/storage\/native\/\w+\.ts$/;
const RUNTIME = new RegExp(`${NATIVE.source}|^lib/cli/self_command\\.ts$`);
// What the command line itself is given: its config file, and what it writes to.
const OF_COMMAND_LINE = /^lib\/cli\/(?:config|standard_stream)\.ts$/;
const PRINTERS = /^lib\/cli\//;
const NOWHERE = /^$/;

/** What lib/ may not say, and the paths where it may. */
const BANNED = [
  { pattern: /\bconsole\./, where: PRINTERS, message: "prints: only lib/cli does" },
  {
    pattern: /\b(?:process|Deno)\.exit\(/,
    where: NOWHERE,
    message: "ends the process: only cli.ts does",
  },
  { pattern: /\bDeno\./, where: RUNTIME, message: "names Deno: lib/ runs under Bun and Node too" },
  { pattern: /(?::|<|\bas|[|&,]) any\b|<any\b/, where: NOWHERE, message: "says any" },
] as const;

/** Every place in lib/ that touches what it may not. */
export function* portsRule(file: SourceFile): Generator<Finding> {
  if (!isLibrary(file)) return;
  if (!NATIVE.test(file.path) && !OF_COMMAND_LINE.test(file.path)) {
    for (const { specifier, line } of importsOf(file)) {
      if (!FILES.test(specifier)) continue;
      yield { path: file.path, line, message: "touches files: use the FileSystem port" };
    }
  }
  for (const { line, text } of codeLines(file)) {
    for (const { pattern, where, message } of BANNED) {
      if (pattern.test(text) && !where.test(file.path)) yield { path: file.path, line, message };
    }
  }
}
