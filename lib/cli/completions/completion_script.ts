/**
 * Completion scripts, by shell.
 *
 * @module
 */

import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { zshScript } from "./zsh.ts";

/** Shells that there are scripts for. */
export const SHELL_SCRIPTS: { readonly [shell: string]: () => string } = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The script for a shell. */
export function completionScript(shell: string): string {
  return SHELL_SCRIPTS[shell]!();
}
