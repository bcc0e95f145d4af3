/**
 * Commands to a server, and what it answers.
 *
 * @module
 */

/** One command: its name and arguments. */
export type Command = readonly (string | Uint8Array)[];

/** What a server can answer with; texts are bytes where they were asked for as such. */
export type Reply = string | number | null | Uint8Array | ErrorAnswer | readonly Reply[];

/** An answer that says no. */
export type ErrorAnswer = Error;
