/**
 * Command lines, split into words and options.
 *
 * @module
 */

import { COMMANDS } from "./command_table.ts";
import { flagName, type OptionSpecs } from "./option.ts";
import { PROGRAM_OPTIONS } from "./options/common_options.ts";
import { longName, withLongNames } from "./short_options.ts";
import { parseArgs } from "./std.ts";
import { usageError } from "./usage_error.ts";

/** Words and options, not yet checked against a command. */
export interface SplitArguments {
  /** The words. */
  readonly words: readonly string[];
  /** The values given for each option that is known; `true` for those without one. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** Options that nobody knows. */
  readonly unknown: readonly string[];
}

/** Splits a command line. Throws INVALID_ARGUMENT. */
export function splitArguments(argv: readonly string[]): SplitArguments {
  const specs = Object.entries(allOptions());
  const valued = specs.filter(([, { placeholder }]) => placeholder !== null);
  const flags = specs.filter((spec) => !valued.includes(spec));
  refuseValuesOfFlags(argv, flags.map(longName));
  const { usual, unknown } = withoutWords(argv);
  const parsed = parseArgs(withLongNames(usual, valued), {
    string: [...valued.map(longName), "_"],
    boolean: flags.map(longName),
    collect: specs.map(longName),
    alias: Object.fromEntries(
      flags.filter(([, { short }]) => short).map((spec) => [longName(spec), spec[1].short!]),
    ),
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

// The parser puts words where an option of the name "_" would go.
function withoutWords(argv: readonly string[]): { usual: string[]; unknown: string[] } {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const isOfWords = (argument: string, index: number): boolean =>
    index < end && /^--?_/.test(argument);
  return {
    usual: argv.filter((argument, index) => !isOfWords(argument, index)),
    unknown: argv.filter(isOfWords).map((argument) => argument.split("=", 1)[0]!),
  };
}

function refuseValuesOfFlags(argv: readonly string[], flags: readonly string[]): void {
  for (const argument of argv) {
    if (argument === "--") return;
    const name = /^--([^=]+)=/.exec(argument)?.[1];
    if (name !== undefined && flags.includes(name)) {
      throw usageError(`Option "--${name}" takes no value: write it without "="`);
    }
  }
}
