/**
 * Command lines, read by the command table.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import type { Command, CommandGroup } from "./command.ts";
import { COMMAND_GROUPS, COMMANDS } from "./command_table.ts";
import { flagName, type OptionSpec, type OptionSpecs } from "./option.ts";
import { COMMON_OPTIONS, PROGRAM_OPTIONS } from "./options/common_options.ts";
import { parseArgs } from "./std.ts";
import { didYouMean } from "./suggest.ts";

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

/** Words and options, not yet checked against a command. */
interface SplitArguments {
  readonly words: readonly string[];
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly unknown: readonly string[];
}

/** Reads a command line. Throws INVALID_ARGUMENT, with what may have been meant. */
export function readArguments(argv: readonly string[]): Request {
  const split = splitArguments(argv);
  const { words, given } = split;
  const isHelpWord = words[0] === "help";
  const { command, group, rest } = resolve(isHelpWord ? words.slice(1) : words);
  const specs = { ...PROGRAM_OPTIONS, ...command?.options };
  refuseUnknown(split, command, specs);
  const wantsHelp = isHelpWord || given.has("--help");
  const wantsVersion = given.has("--version") && command === null;
  if (command === null && !wantsHelp && !wantsVersion) throw missingCommand(group);
  return {
    command,
    group,
    wantsHelp,
    wantsVersion,
    // Help must not fail because an option that must be given is missing.
    values: readValues(wantsHelp || command === null ? COMMON_OPTIONS : specs, given),
    argument: wantsHelp || command === null ? "" : readArgument(command, rest),
  };
}

function splitArguments(argv: readonly string[]): SplitArguments {
  const specs = Object.entries(allOptions());
  const namesWith = (hasValue: boolean) =>
    specs.filter(([, spec]) => (spec.placeholder !== null) === hasValue)
      .map(([name]) => flagName(name).slice(2));
  const flags = namesWith(false);
  refuseValuesOfFlags(argv, flags);
  const unknown: string[] = [];
  const parsed = parseArgs(argv, {
    string: [...namesWith(true), "_"],
    boolean: flags,
    collect: specs.map(([name]) => flagName(name).slice(2)),
    alias: { help: "h", version: "V" },
    unknown: (argument, key) => {
      if (key !== undefined) unknown.push(argument.split("=", 1)[0]!);
      return key === undefined;
    },
  });
  const given = new Map<string, readonly string[]>();
  for (const [name] of specs) {
    const flag = flagName(name);
    const values = ([parsed[flag.slice(2)]].flat() as (string | boolean | undefined)[])
      .filter((value) => value !== undefined && value !== false);
    if (values.length > 0) given.set(flag, values.map(String));
  }
  return { words: parsed["_"] as readonly string[], given, unknown };
}

/** Every option of every command. */
export function allOptions(): OptionSpecs {
  return Object.assign({}, PROGRAM_OPTIONS, ...COMMANDS.map((command) => command.options));
}

function refuseValuesOfFlags(argv: readonly string[], flags: readonly string[]): void {
  for (const argument of argv) {
    if (argument === "--") return;
    const name = /^--([^=]+)=/.exec(argument)?.[1];
    if (name !== undefined && flags.includes(name)) {
      throw usage(`Option "--${name}" takes no value: write it without "="`);
    }
  }
}

function resolve(
  words: readonly string[],
): { command: Command | null; group: CommandGroup | null; rest: readonly string[] } {
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
    return usage(`Unknown command "${name}"${didYouMean(name, members, help)}`);
  }
  // Somebody who writes "scan" knows what to do and has forgotten the group.
  const full = COMMANDS.find((command) => command.name.endsWith(` ${first}`));
  if (full) return usage(`Unknown command "${first}". Did you mean "${full.name}"?`);
  const names = [...COMMAND_GROUPS, ...COMMANDS].map(({ name }) => name.split(" ")[0]!);
  return usage(`Unknown command "${first}"${didYouMean(first, names, help)}`);
}

function missingCommand(group: CommandGroup | null): PapyraError {
  const prefix = group ? `${group.name} ` : "";
  const next = COMMANDS.map((command) => command.name)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length).split(" ")[0]);
  return usage(`Missing command: use papyra ${prefix}${[...new Set(next)].join("|")}, or --help`);
}

function refuseUnknown(
  { given, unknown }: SplitArguments,
  command: Command | null,
  specs: OptionSpecs,
): void {
  for (const [flag, values] of given) {
    if (values.includes("")) {
      throw usage(`Option "${flag}" needs a value: write ${flag}=VALUE where that begins with "-"`);
    }
  }
  const known = Object.keys(specs).map(flagName);
  const help = `: see papyra ${command ? `${command.name} ` : ""}--help`;
  for (const flag of unknown) {
    const names = command ? known : Object.keys(allOptions()).map(flagName);
    throw usage(`Unknown option "${flag}"${didYouMean(flag, names, help)}`);
  }
  for (const flag of given.keys()) {
    if (known.includes(flag)) continue;
    throw usage(`Option "${flag}" does not go with "papyra ${command?.name ?? ""}"${help}`);
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
    throw usage(`Option "${flag}" is missing: give ${flag} ${spec.placeholder}`);
  }
  if (!spec.isRepeatable && values.length > 1) {
    throw usage(`Option "${flag}" was given twice: give it once`);
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
    throw usage(`Unexpected argument "${surplus}": see papyra ${name} --help`);
  }
  if (argument === undefined) return "";
  const choices = argument.choices.join(", ");
  if (word === undefined) throw usage(`Missing ${argument.placeholder}: use one of ${choices}`);
  if (!argument.choices.includes(word)) {
    const otherwise = `: use one of ${choices}`;
    throw usage(
      `Unknown ${argument.placeholder} "${word}"${didYouMean(word, argument.choices, otherwise)}`,
    );
  }
  return word;
}

function usage(message: string): PapyraError {
  return new PapyraError("INVALID_ARGUMENT", message);
}
