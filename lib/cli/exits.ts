/**
 * Exit codes that kinds of commands share.
 *
 * @module
 */

import { EXIT, EXIT_MEANINGS, type ExitCode } from "./exit_codes.ts";

/** Exit codes of commands, with what they mean there. */
export type Exits = { readonly [C in ExitCode]?: string };

function meanings(...codes: readonly ExitCode[]): Exits {
  return Object.fromEntries(codes.map((code) => [code, EXIT_MEANINGS[code]]));
}

/** Of every command. */
export const COMMON_EXITS: Exits = meanings(EXIT.OK, EXIT.USAGE, EXIT.IO);

/** Of commands that can be stopped. */
export const STOPPED_EXITS: Exits = meanings(EXIT.TIMED_OUT, EXIT.INTERRUPTED, EXIT.TERMINATED);

/** Of a command that works on a store, and whose usual end is a signal. */
export const SERVING_EXITS: Exits = {
  ...COMMON_EXITS,
  ...meanings(EXIT.TIMED_OUT, EXIT.NO_SUCH_STORE, EXIT.UNREACHABLE, EXIT.CONFIG),
};

/** Of every command that works on a store. */
export const STORE_EXITS: Exits = { ...SERVING_EXITS, ...STOPPED_EXITS };

/** Of every command that lists records, and can follow them. */
export const LISTING_EXITS: Exits = {
  ...STORE_EXITS,
  [EXIT.BAD_DATA]:
    "with --follow: the numbers of the store went back, it is another one or was cut",
};

/** Of every command that maintains a store. */
export const MAINTENANCE_EXITS: Exits = { ...STORE_EXITS, ...meanings(EXIT.BUSY) };

/** Of every command that records. */
export const RECORDING_EXITS: Exits = { ...STORE_EXITS, ...meanings(EXIT.BAD_DATA) };

/** Of every command on a consumer group. */
export const GROUP_EXITS: Exits = {
  ...STORE_EXITS,
  [EXIT.NO_SUCH_STORE]:
    "there is no such consumer group or consumer, or no store, see --require-store",
  [EXIT.USAGE]: "the command line cannot be used as it stands, or the store is not on Redis",
};
