/**
 * Commands as the command table declares them.
 *
 * @module
 */

import type { ExitCode } from "./exit_codes.ts";
import type { OptionSpecs, OptionValues } from "./option.ts";
import type { Session } from "./session.ts";

/** What a command says about itself, and what it does. */
export interface Command<S extends OptionSpecs = OptionSpecs> {
  /** Its name, the group first: `persistence scan`. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** Its options, without those that every command has. */
  readonly options: S;
  /** The one word that it takes beside options, with what that can be. */
  readonly argument?: { readonly placeholder: string; readonly choices: readonly string[] };
  /** The exit codes that it can end with, in its own words where those say more. */
  readonly exits: { readonly [C in ExitCode]?: string };
  /** Command lines that show its use. */
  readonly examples: readonly string[];
  /**
   * What happens when nobody reads its output any longer: a command that only prints stops, with
   * exit code 0; one whose work or verdict matters carries on and ends with its own code.
   */
  readonly onClosedPipe: "stop" | "carry_on";
  /** Does it. */
  run(options: OptionValues<S>, session: Session, argument: string): Promise<ExitCode>;
}

/** Declares a command; what it gets for its options follows from them. */
export function defineCommand<S extends OptionSpecs>(command: Command<S>): Command {
  return command;
}

/** A group of commands. */
export interface CommandGroup {
  /** The word that its commands begin with. */
  readonly name: string;
  /** What it is for. */
  readonly summary: string;
}
