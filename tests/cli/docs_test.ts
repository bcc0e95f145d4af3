import { join } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "../_assert.ts";
import { EXIT } from "../../lib/cli/exit_codes.ts";
import { CLI_PAGE, cliPage } from "../../scripts/docs_cli.ts";

const DOCS = join(import.meta.dirname!, "../../docs");

Deno.test("docs/cli.md is what scripts/docs_cli.ts makes of the command table", async () => {
  const isCurrent = await Deno.readTextFile(CLI_PAGE) === cliPage();
  assert(isCurrent, "docs/cli.md is out of date: run deno run -A scripts/docs_cli.ts");
});

Deno.test("docs/exit-codes.md has a row for every exit code, and no other", async () => {
  const page = await Deno.readTextFile(join(DOCS, "exit-codes.md"));
  const codes = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
  assertEquals(codes, Object.values(EXIT).toSorted((one, other) => one - other));
});

Deno.test("docs/json-output.md names every schema that the code prints", async () => {
  const page = await Deno.readTextFile(join(DOCS, "json-output.md"));
  for (const schema of await schemasInCode()) {
    assertStringIncludes(page, `\`papyra.${schema}/v1\``);
  }
});

async function schemasInCode(): Promise<Set<string>> {
  const root = join(import.meta.dirname!, "../../lib/cli");
  const schemas = new Set<string>();
  for (const folder of [root, join(root, "commands")]) {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile) continue;
      const text = await Deno.readTextFile(join(folder, name));
      const found = text.matchAll(
        /schema: "([a-z-]+)"|jsonDocument\("([a-z-]+)"|runStartupCheck\(options, session, "([a-z-]+)"/g,
      );
      for (const match of found) schemas.add(match.slice(1).find((part) => part !== undefined)!);
    }
  }
  assert(schemas.size >= 12);
  return schemas;
}
