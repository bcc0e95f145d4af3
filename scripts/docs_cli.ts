/**
 * Writes docs/cli.md from the command table.
 *
 * ```sh
 * deno run -A scripts/docs_cli.ts
 * ```
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cliMarkdown } from "../lib/cli/markdown.ts";
import { ROOT } from "./_paths.ts";

/** Where the page is. */
export const CLI_PAGE: string = join(ROOT, "docs", "cli.md");

/** The page as it has to be. */
export function cliPage(): string {
  const options = { cwd: ROOT, input: cliMarkdown(), encoding: "utf8" } as const;
  return execFileSync(Deno.execPath(), ["fmt", "--ext=md", "-"], options);
}

if (import.meta.main) await writeFile(CLI_PAGE, cliPage());
