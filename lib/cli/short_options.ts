/**
 * Options that have a value, written with their letter.
 *
 * @module
 */

import { flagName, type OptionSpec } from "./option.ts";

/** An option as it stands in the command table. */
export type NamedOption = readonly [name: string, spec: OptionSpec];

/** Arguments in which the options of `specs` have their long names: `-ojson` as `--output=json`. */
export function withLongNames(argv: readonly string[], specs: readonly NamedOption[]): string[] {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  return argv.map((argument, index) => index < end ? inLongForm(argument, specs) : argument);
}

/** `quarantineDir` as `quarantine-dir`. */
export function longName([name]: NamedOption): string {
  return flagName(name).slice(2);
}

function inLongForm(argument: string, specs: readonly NamedOption[]): string {
  const [, letter, rest] = /^-(\w)(.*)$/s.exec(argument) ?? [];
  const option = specs.find(([, { short }]) => short !== null && short === letter);
  if (option === undefined) return argument;
  return `--${longName(option)}${rest ? `=${rest.replace(/^=/, "")}` : ""}`;
}
