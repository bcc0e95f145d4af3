/**
 * Holds the code to the house rules that a linter does not know: imports go one way, few places
 * touch the outside world, files and functions stay short, nothing is left behind.
 *
 * ```sh
 * deno run --allow-read scripts/check_layers.ts
 * ```
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { ROOT } from "./_paths.ts";
import { say } from "./_say.ts";
import { importsRule } from "./layers/imports_rule.ts";
import { leftoversRule } from "./layers/leftovers_rule.ts";
import { portsRule } from "./layers/ports_rule.ts";
import { sizeRule } from "./layers/size_rule.ts";
import type { Finding, Rule, SourceFile } from "./layers/source_file.ts";

const RULES: readonly Rule[] = [importsRule, portsRule, sizeRule, leftoversRule];
const PLACES = ["lib", "scripts", "tests", "mod.ts", "cli.ts"];

/** What breaks the rules in one file. */
export function checkFile(file: SourceFile): Finding[] {
  return RULES.flatMap((rule) => [...rule(file)]);
}

/** What breaks the rules in the checkout. */
export async function checkLayers(): Promise<Finding[]> {
  const paths = (await Promise.all(PLACES.map((place) => sourcesIn(join(ROOT, place))))).flat();
  const findings = await Promise.all(paths.map(async (path) => {
    const name = relative(ROOT, path).replaceAll(sep, "/");
    return checkFile({ path: name, text: await readFile(path, "utf8") });
  }));
  return findings.flat();
}

async function sourcesIn(place: string): Promise<string[]> {
  if (place.endsWith(".ts")) return [place];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

if (import.meta.main) {
  const findings = await checkLayers();
  for (const { path, line, message } of findings) say(`${path}:${line}: ${message}`);
  if (findings.length > 0) Deno.exit(1);
}
