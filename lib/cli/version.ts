/**
 * The version of this program.
 *
 * @module
 */

/** The version; deno.json has the same, which a test sees to. */
export const VERSION = "0.1.0";
