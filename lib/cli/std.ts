/**
 * What the command line takes from the standard library, with types.
 *
 * @module
 */

// @ts-types="./_parse_args.d.ts"
export { parseArgs } from "@std/cli/parse-args";
// @ts-types="./_closest_string.d.ts"
export { closestString } from "@std/text/closest-string";
