/** Names of files are anybody's choice: they are shown harmlessly, and never run. */

import { join } from "node:path";
import { escapeJson } from "../../lib/model/escape_text.ts";
import { shellWord } from "../../lib/model/shell_word.ts";
import { assert, assertEquals } from "../_assert.ts";
import { cliTest, damagedStore } from "../cli/command_line.ts";
import { runSoundly } from "./_command.ts";
import { isHarmless } from "./_terminal_safe.ts";

const NAMES = [
  "plain-1.2_3@host:x",
  "with spaces  and\ttabs",
  "quotes ' '' \" \\",
  "$(touch run)`touch run`;touch run|touch run&touch run>run",
  "-rf",
  "--path=else where",
  "~root*?[a-z]{a,b}!!#%20",
  "line\nHealthy: true\r\nNext: rm -rf ~",
  "\x1b]0;title\x07\x1b[2Jcleared\x9b31m",
  "\u202etxt.exe\u2066 \u061c\u2028",
  "Zürich ☃ 漢字 👍\u{e0041}",
];

for (const name of NAMES) {
  const shown = escapeJson(JSON.stringify(name));
  cliTest(
    `the command to run next names ${shown}, and runs nothing`,
    async (directory) => {
      const shop = join(directory, name);
      await Deno.mkdir(shop);
      const path = await damagedStore(shop);
      const { stdout } = await runSoundly("persistence", "scan", "--path", path);
      assert(isHarmless(stdout), JSON.stringify(stdout));
      const printed = stdout.split("\n").filter((line) => line.startsWith("Next: "));
      assertEquals(printed.length, 1, stdout);
      const expected = ["papyra", "persistence", "recover", "--path", path];
      assertEquals(await wordsOf(printed[0]!.slice("Next: ".length), directory), expected);
      const { anomalies } = JSON.parse(
        (await runSoundly("persistence", "scan", "--json", "--path", path)).stdout,
      );
      assertEquals(anomalies[0].file, path);
      assertEquals(await wordsOf(anomalies[0].next, directory), expected);
      assertEquals([...Deno.readDirSync(directory)].map((entry) => entry.name), [name]);
    },
  );

  cliTest(`an error that names ${shown} is one harmless line`, async (directory) => {
    const path = join(directory, name, name);
    await Deno.writeTextFile(join(directory, name), "");
    for (const args of badCommandLines(name, path)) {
      const { code, stdout, stderr } = await runSoundly(...args);
      assert(code >= 10, stdout);
      assert(isHarmless(stderr), JSON.stringify(stderr));
      const json = await runSoundly(...args, "--json");
      assertEquals([json.code, json.stderr], [code, ""]);
      assert(isHarmless(json.stdout), JSON.stringify(json.stdout));
    }
  });
}

/** Command lines that fail over a name in each place where one can be given. */
function badCommandLines(name: string, path: string): string[][] {
  return [
    ["record", "event", "--type", "T", `--path=${path}`],
    ["persistence", "compact", `--path=${path}`],
    ["persistence", "scan", "--require-store", `--store=${name}-:${name}`],
    ["persistence", "scan", `--config=${name}`, "--path=x"],
    ["inspect", "events", `--output=${name}`],
    ["inspect", name],
    ["persistence", "scan", `--x${name}`],
  ];
}

Deno.test("shellWord() leaves alone what needs no quotes, and nothing else", () => {
  assertEquals(shellWord("/var/lib/app/events-1.2.ndjson"), "/var/lib/app/events-1.2.ndjson");
  assertEquals(shellWord(""), "''");
  assertEquals(shellWord("it's"), "'it'\\''s'");
  assertEquals(shellWord("a\nb'\\"), "$'a\\012b\\'\\\\'");
});

/** How a shell takes a command line apart; what it would run does not exist where it looks. */
async function wordsOf(command: string, cwd: string): Promise<string[]> {
  const script = `papyra() { printf '%s\\0' papyra "$@"; }; ${command}`;
  const { stdout } = await new Deno.Command("bash", { args: ["-c", script], cwd }).output();
  return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
}
