/**
 * Command lines, read by the command table.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import type { Command, CommandGroup } from "./command.ts";
import { findCommand, missingCommand } from "./find_command.ts";
import { flagName, type OptionSpec, type OptionSpecs } from "./option.ts";
import { PROGRAM_OPTIONS } from "./options/common_options.ts";
import { allOptions, type SplitArguments, splitArguments } from "./split_arguments.ts";
import { didYouMean } from "./suggest.ts";
import { usageError } from "./usage_error.ts";

/** What a command line asks for. */
export interface Request {
  /** The command; null where none was named. */
  readonly command: Command | null;
  /** The group that was named without a command of it. */
  readonly group: CommandGroup | null;
  /** Whether help is asked for. */
  readonly wantsHelp: boolean;
  /** Whether the version is asked for. */
  readonly wantsVersion: boolean;
  /** The values of the options, also of those that every command has. */
  readonly values: { readonly [name: string]: unknown };
  /** The word that the command takes; empty where it takes none. */
  readonly argument: string;
}

/** Reads a command line. Throws INVALID_ARGUMENT, with what may have been meant. */
export function readArguments(argv: readonly string[]): Request {
  const split = splitArguments(argv);
  const { words, given } = split;
  const isHelpWord = words[0] === "help";
  const { command, group, rest } = findCommand(isHelpWord ? words.slice(1) : words);
  const specs = { ...PROGRAM_OPTIONS, ...command?.options };
  refuseUnknown(split, command, specs);
  const wantsHelp = isHelpWord || given.has("--help");
  const wantsVersion = given.has("--version");
  if (command === null && !wantsHelp && !wantsVersion) throw missingCommand(group);
  // Help must not fail because an option that must be given is missing.
  if (command === null || wantsHelp || wantsVersion) {
    return { command, group, wantsHelp, wantsVersion, values: {}, argument: "" };
  }
  const values = readValues(specs, given);
  const argument = readArgument(command, rest);
  return { command, group, wantsHelp, wantsVersion, values, argument };
}

function refuseUnknown(
  { given, unknown }: SplitArguments,
  command: Command | null,
  specs: OptionSpecs,
): void {
  for (const [flag, values] of given) {
    if (values.includes("")) {
      throw usageError(
        `Option "${flag}" needs a value: write ${flag}=VALUE where that begins with "-"`,
      );
    }
  }
  const known = Object.keys(specs).map(flagName);
  const help = `: see papyra ${command ? `${command.name} ` : ""}--help`;
  for (const flag of unknown) {
    const names = command ? known : Object.keys(allOptions()).map(flagName);
    throw usageError(`Unknown option "${flag}"${didYouMean(flag, names, help)}`);
  }
  for (const flag of given.keys()) {
    if (known.includes(flag)) continue;
    throw usageError(`Option "${flag}" does not go with "papyra ${command?.name ?? ""}"${help}`);
  }
}

function readValues(
  specs: OptionSpecs,
  given: ReadonlyMap<string, readonly string[]>,
): { readonly [name: string]: unknown } {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const flag = flagName(name);
      return [name, readValue(flag, spec, given.get(flag) ?? [])];
    }),
  );
}

function readValue(flag: string, spec: OptionSpec, values: readonly string[]): unknown {
  if (spec.isRequired && values.length === 0) {
    throw usageError(`Option "${flag}" is missing: give ${flag} ${spec.placeholder}`);
  }
  if (!spec.isRepeatable && values.length > 1) {
    throw usageError(`Option "${flag}" was given twice: give it once`);
  }
  try {
    return spec.read(values);
  } catch (error) {
    if (!(error instanceof PapyraError)) throw error;
    throw new PapyraError(error.code, `${error.message} (option ${flag})`, { cause: error });
  }
}

function readArgument({ name, argument }: Command, words: readonly string[]): string {
  const [word, extra] = words;
  const surplus = argument ? extra : word;
  if (surplus !== undefined) {
    throw usageError(`Unexpected argument "${surplus}": see papyra ${name} --help`);
  }
  if (argument === undefined) return "";
  const choices = argument.choices.join(", ");
  if (word === undefined) {
    throw usageError(`Missing ${argument.placeholder}: use one of ${choices}`);
  }
  if (!argument.choices.includes(word)) {
    const otherwise = `: use one of ${choices}`;
    throw usageError(
      `Unknown ${argument.placeholder} "${word}"${didYouMean(word, argument.choices, otherwise)}`,
    );
  }
  return word;
}
