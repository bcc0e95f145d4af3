/**
 * Writes docs/cli.md from the command table.
 *
 * ```sh
 * deno run -A scripts/docs_cli.ts
 * ```
 *
 * @module
 */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cliMarkdown } from "../lib/cli/markdown.ts";
import { ROOT } from "./_paths.ts";
import { captureOrThrow } from "./_run.ts";

/** Where the page is. */
export const CLI_PAGE: string = join(ROOT, "docs", "cli.md");

/** The page as it has to be. */
export function cliPage(): Promise<string> {
  return captureOrThrow(Deno.execPath(), ["fmt", "--ext=md", "-"], { stdin: cliMarkdown() });
}

if (import.meta.main) await writeFile(CLI_PAGE, await cliPage());
