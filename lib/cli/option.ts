/**
 * Options as the command table declares them.
 *
 * @module
 */

/** One option of a command, and how the values given for it become what the command gets. */
export interface OptionSpec<T = unknown> {
  /** What stands for its value in help; null where it takes none. */
  readonly placeholder: string | null;
  /** Its letter, where it has one: `o` of `-o`. */
  readonly short: string | null;
  /** What it does, in a few words. */
  readonly summary: string;
  /** The values that it can have, where they can be counted. */
  readonly choices: readonly string[];
  /** What help says of its absence; empty where there is nothing to say. */
  readonly otherwise: string;
  /** Whether it can be given more than once. */
  readonly isRepeatable: boolean;
  /** Whether it must be given. */
  readonly isRequired: boolean;
  /** The value that the command gets for the values given, of which there may be none. */
  read(given: readonly string[]): T;
}

/** Options by their names, in camelCase. */
export type OptionSpecs = { readonly [name: string]: OptionSpec };

/** What a command gets for its options. */
export type OptionValues<S extends OptionSpecs> = {
  readonly [N in keyof S]: S[N] extends OptionSpec<infer T> ? T : never;
};

/** Reads the text of one value; throws INVALID_ARGUMENT. */
export type ValueReader<T> = (text: string) => T;

/** How an option is shown, and what it can be. */
export interface ValueDescription {
  /** What stands for its value in help. */
  readonly placeholder: string;
  /** Its letter. */
  readonly short?: string;
  /** What it does. */
  readonly summary: string;
  /** The values that it can have. */
  readonly choices?: readonly string[];
}

/** An option without a value. */
export function flag(summary: string, short: string | null = null): OptionSpec<boolean> {
  return {
    placeholder: null,
    short,
    summary,
    choices: [],
    otherwise: "",
    isRepeatable: true,
    isRequired: false,
    read: (given) => given.length > 0,
  };
}

/** An option that may be left out. */
export function optional<T>(
  description: ValueDescription,
  read: ValueReader<T>,
): OptionSpec<T | undefined> {
  return {
    ...described(description),
    read: ([text]) => text === undefined ? undefined : read(text),
  };
}

/** An option that has a value even when it is left out. */
export function defaulted<T>(
  description: ValueDescription,
  read: ValueReader<T>,
  otherwise: string,
): OptionSpec<T> {
  return { ...described(description), otherwise, read: ([text = otherwise]) => read(text) };
}

/** An option that must be given; whoever parses sees to it. */
export function required<T>(description: ValueDescription, read: ValueReader<T>): OptionSpec<T> {
  return { ...described(description), isRequired: true, read: ([text = ""]) => read(text) };
}

/** An option that may be given any number of times. */
export function repeated<T>(
  description: ValueDescription,
  read: ValueReader<T>,
): OptionSpec<readonly T[]> {
  return {
    ...described(description),
    isRepeatable: true,
    read: (given) => given.map((text) => read(text)),
  };
}

function described(description: ValueDescription): Omit<OptionSpec, "read"> {
  return {
    short: null,
    choices: [],
    otherwise: "",
    isRepeatable: false,
    isRequired: false,
    ...description,
  };
}

/** `quarantineDir` as it stands on the command line: `--quarantine-dir`. */
export function flagName(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
