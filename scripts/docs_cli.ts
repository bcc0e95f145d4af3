/**
 * Writes docs/cli.md from the command table.
 *
 * ```sh
 * deno run -A scripts/docs_cli.ts
 * ```
 *
 * @module
 */

import { join } from "node:path";
import { cliMarkdown } from "../lib/cli/markdown.ts";
import { ROOT } from "./_paths.ts";

/** Where the page is. */
export const CLI_PAGE: string = join(ROOT, "docs", "cli.md");

/** The page as it has to be. */
export async function cliPage(): Promise<string> {
  const formatter = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=md", "-"],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = formatter.stdin.getWriter();
  await writer.write(new TextEncoder().encode(cliMarkdown()));
  await writer.close();
  const { stdout } = await formatter.output();
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) await Deno.writeTextFile(CLI_PAGE, await cliPage());
