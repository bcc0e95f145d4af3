import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { COMMANDS } from "../../lib/cli/command_table.ts";
import { flagName } from "../../lib/cli/option.ts";
import { VERSION } from "../../lib/cli/version.ts";
import project from "../../deno.json" with { type: "json" };
import { papyra, papyraOk } from "./_papyra.ts";

Deno.test("--version prints the version of deno.json", async () => {
  assertEquals(VERSION, project.version);
  for (const flag of ["--version", "-V"]) {
    assertEquals(await papyraOk([flag]), `papyra ${project.version}\n`);
  }
});

Deno.test("--help lists every command", async () => {
  const help = await papyraOk(["--help"]);
  for (const { name, summary } of COMMANDS) {
    assertMatch(help, new RegExp(`^  ${name} +${RegExp.escape(summary)}$`, "m"));
  }
});

Deno.test("--help of a group lists its commands only", async () => {
  const help = await papyraOk(["persistence", "--help"]);
  assertStringIncludes(help, "persistence scan");
  assertEquals(help.includes("inspect events"), false);
});

for (const { name, options, exits, examples } of COMMANDS) {
  Deno.test(`--help of ${name} tells its options, exit codes and examples`, async () => {
    const help = await papyraOk([...name.split(" "), "--help"]);
    for (const option of [...Object.keys(options), "json", "quiet", "noColor", "help"]) {
      assertMatch(help, new RegExp(`^  ${flagName(option)}\\b`, "m"));
    }
    for (const [code, meaning] of Object.entries(exits)) {
      assertMatch(help, new RegExp(`^  ${code} +${RegExp.escape(meaning)}$`, "m"));
    }
    for (const example of examples) assertStringIncludes(help, example);
  });
}

Deno.test("help needs neither a store nor the options that a command needs", async () => {
  const long = await papyraOk(["record", "event", "--help"]);
  assertEquals(await papyraOk(["help", "record", "event"]), long);
  assertEquals(await papyraOk(["record", "event", "-h"]), long);
});

Deno.test("help of a misspelt command suggests the right one", async () => {
  const { code, stderr } = await papyra(["persistence", "scam", "--help"]);
  assertEquals(code, 64);
  assertStringIncludes(stderr, 'Did you mean "persistence scan"?');
});
