/**
 * The command line: arguments to exit code. The only file that ends the process.
 *
 * @module
 */

import process from "node:process";
import { EXIT } from "./lib/cli/exit_codes.ts";
import { main, tellDefect } from "./lib/cli/main.ts";
import { processTerminal } from "./lib/cli/terminal.ts";

function endWithDefect(error: unknown): void {
  tellDefect(error, process.stderr);
  process.exit(EXIT.DEFECT);
}

process.on("uncaughtException", endWithDefect);
process.on("unhandledRejection", endWithDefect);
process.exit(await main(process.argv.slice(2), processTerminal()));
