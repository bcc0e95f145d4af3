/**
 * Options that every command has.
 *
 * @module
 */

import { flag } from "../option.ts";

/** Options that every command has. */
export const COMMON_OPTIONS = {
  json: flag("Print exactly one JSON document on standard output, errors too"),
  quiet: flag("Print only what was asked for and what is wrong"),
  noColor: flag("Do not colour the output; so does the environment variable NO_COLOR"),
  help: flag("Show the options and exit codes of the command", "h"),
};

/** Options of the program itself. */
export const PROGRAM_OPTIONS = {
  ...COMMON_OPTIONS,
  version: flag("Show the version", "V"),
};
