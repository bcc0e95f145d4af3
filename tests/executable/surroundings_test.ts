import { join } from "node:path";
import { assertEquals, assertStringIncludes } from "../_assert.ts";

// Set by the test run, which has just made the file.
const executable = Deno.env.get("PAPYRA_EXECUTABLE")!;

async function runIn(directory: string, ...args: string[]): Promise<[number, string, string]> {
  const command = new Deno.Command(executable, { args, cwd: directory, clearEnv: true });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return [code, decoder.decode(stdout), decoder.decode(stderr)];
}

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the executable needs nothing from its environment", () =>
  inDirectory(async (directory) => {
    const [code, stdout] = await runIn(directory, "--version");
    assertEquals([code, stdout.trim()], [0, "papyra 0.1.0"]);
  }));

Deno.test("the executable is not driven by files that lie where it is run", () =>
  inDirectory(async (directory) => {
    await Deno.writeTextFile(join(directory, "bunfig.toml"), 'preload = ["./preload.ts"]\n');
    await Deno.writeTextFile(join(directory, "preload.ts"), "process.exit(99);\n");
    await Deno.writeTextFile(join(directory, ".env"), "PAPYRA_STORE=file:elsewhere.ndjson\n");
    await Deno.writeTextFile(join(directory, "package.json"), "not JSON");
    await Deno.writeTextFile(join(directory, "tsconfig.json"), "not JSON");
    const [code, , stderr] = await runIn(directory, "persistence", "scan");
    assertEquals(code, 64, "no store was named, and .env must not name one");
    assertStringIncludes(stderr, "--path");
  }));

Deno.test("the executable records, locks and reads", () =>
  inDirectory(async (directory) => {
    const store = ["--path", "facts.ndjson"];
    const [code, , stderr] = await runIn(directory, "record", "event", "--type", "A", ...store);
    assertEquals(code, 0, stderr);
    const [, listing] = await runIn(directory, "inspect", "events", ...store);
    assertStringIncludes(listing, " A ");
  }));
