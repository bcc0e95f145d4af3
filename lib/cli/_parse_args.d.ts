/** What is used of the options of `parseArgs`. */
export interface ParseOptions {
  readonly string: readonly string[];
  readonly boolean: readonly string[];
  readonly collect: readonly string[];
  readonly alias: { readonly [name: string]: string };
  readonly unknown: (argument: string, key?: string) => boolean;
}

/** Every option by its name, and the words under `_`. */
export type ParsedArgs = { readonly [name: string]: readonly (string | boolean)[] | boolean };

/** Splits arguments into options and words. */
export function parseArgs(args: readonly string[], options: ParseOptions): ParsedArgs;
