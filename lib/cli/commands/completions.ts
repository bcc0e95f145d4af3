/**
 * `papyra completions`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { COMMON_EXITS } from "../exits.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** A script for a shell. */
export const completions = defineCommand({
  name: "completions",
  summary: "Print a script that lets a shell complete commands and options",
  options: {},
  argument: { placeholder: "SHELL", choices: SHELLS },
  exits: COMMON_EXITS,
  examples: ["papyra completions bash > papyra.bash"],
  onClosedPipe: "stop",
  async run(_options, { output, isJson }, shell) {
    // The scripts are made from the table that this command stands in.
    const { completionScript } = await import("../completions/completion_script.ts");
    const { jsonDocument } = await import("../../model/json_document.ts");
    const script = completionScript(shell);
    await output.raw(isJson ? jsonDocument("completions", { shell, script }) : script);
    return EXIT.OK;
  },
});
