import { dirname, join } from "node:path";
import { assert, assertEquals } from "../_assert.ts";

const ROOT = join(import.meta.dirname!, "../..");
const PAGES = ["README.md", "docs/schedule.md", "docs/recovery.md"];
const STORE = "/var/lib/orders/facts.ndjson";

/** Complete command lines on a page: in its code blocks, and between backticks. */
function commandsOn(page: string): string[] {
  const blocks = [...page.matchAll(/^```\w*\n(.*?)^```$/gms)].map((match) => match[1]!);
  const inline = [...page.matchAll(/`(papyra [^`\n]*)`/g)].map((match) => match[1]!);
  return [...blocks.flatMap((block) => block.split("\n")), ...inline]
    .flatMap((line) => /\bpapyra (?:persistence|doctor|metrics) .*$/.exec(line) ?? [])
    .filter((command) => !/[A-Z]{3}|…/.test(command));
}

async function run(command: string, directory: string): Promise<number> {
  const args = command.replaceAll(STORE, join(directory, "facts.ndjson")).split(/\s+/).slice(1);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(ROOT, "cli.ts"), ...args],
    cwd: directory,
    env: { PAPYRA_STORE: "file:facts.ndjson" },
  }).output();
  return code;
}

for (const name of PAGES) {
  Deno.test(`${name} shows commands that can be run`, async () => {
    const commands = commandsOn(await Deno.readTextFile(join(ROOT, name)));
    assert(commands.length > 4, `only ${commands.length} commands found`);
    const directory = await Deno.makeTempDir();
    try {
      for (const command of commands) assertEquals(await run(command, directory), 0, command);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

const LINKING = [
  "copy",
  "disk",
  "metrics",
  "opentelemetry",
  "follow",
  "redis",
  "http",
  "report",
  "deploy/README",
].map((page) => `docs/${page}.md`);

for (const name of [...PAGES, ...LINKING]) {
  Deno.test(`${name} links to pages that exist`, async () => {
    const page = await Deno.readTextFile(join(ROOT, name));
    for (const [, target] of page.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      await Deno.stat(join(ROOT, dirname(name), target!));
    }
  });
}
