/**
 * The command that a command line names.
 *
 * @module
 */

import type { PapyraError } from "../errors.ts";
import type { Command, CommandGroup } from "./command.ts";
import { COMMAND_GROUPS, COMMANDS } from "./command_table.ts";
import { didYouMean } from "./suggest.ts";
import { usageError } from "./usage_error.ts";

/** What words name. */
export interface FoundCommand {
  /** The command; null where none is named. */
  readonly command: Command | null;
  /** The group that is named without a command of it. */
  readonly group: CommandGroup | null;
  /** The words behind the command. */
  readonly rest: readonly string[];
}

/** Finds what words name. Throws INVALID_ARGUMENT, with what may have been meant. */
export function findCommand(words: readonly string[]): FoundCommand {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(" ");
    const command = COMMANDS.find((candidate) => candidate.name === name);
    if (command) return { command, group: null, rest: words.slice(length) };
  }
  if (words.length === 0) return { command: null, group: null, rest: [] };
  const group = COMMAND_GROUPS.find((candidate) => candidate.name === words[0]) ?? null;
  if (group === null || words.length > 1) throw unknownCommand(words, group);
  return { command: null, group, rest: [] };
}

function unknownCommand(words: readonly string[], group: CommandGroup | null): PapyraError {
  const [first, second] = words as [string, string?];
  const help = `: see papyra ${group ? `${group.name} ` : ""}--help`;
  if (group !== null) {
    const name = `${first} ${second}`;
    const members = COMMANDS.map((command) => command.name)
      .filter((member) => member.startsWith(`${first} `));
    return usageError(`Unknown command "${name}"${didYouMean(name, members, help)}`);
  }
  // Somebody who writes "scan" knows what to do and has forgotten the group.
  const full = COMMANDS.find((command) => command.name.endsWith(` ${first}`));
  if (full) return usageError(`Unknown command "${first}". Did you mean "${full.name}"?`);
  const names = [...COMMAND_GROUPS, ...COMMANDS].map(({ name }) => name.split(" ")[0]!);
  return usageError(`Unknown command "${first}"${didYouMean(first, names, help)}`);
}

/** The error for a command line that names no command. */
export function missingCommand(group: CommandGroup | null): PapyraError {
  const prefix = group ? `${group.name} ` : "";
  const next = COMMANDS.map((command) => command.name)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length).split(" ")[0]);
  return usageError(
    `Missing command: use papyra ${prefix}${[...new Set(next)].join("|")}, or --help`,
  );
}
