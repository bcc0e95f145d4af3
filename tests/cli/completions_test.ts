import { assertEquals, assertStringIncludes } from "../_assert.ts";
import { COMMANDS } from "../../lib/cli/command_table.ts";
import { flagName } from "../../lib/cli/option.ts";
import { cliTest, papyraOk } from "./_papyra.ts";

/** Lines typed so far, and words that must be among the completions of the last one. */
const TYPED: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["papyra d", ["doctor"]],
  ["papyra persistence ", ["scan", "recover", "startup-check", "compact", "inspect", "history"]],
  ["papyra persistence sc", ["scan"]],
  ["papyra persistence recover --mode ", ["ignore", "repair", "quarantine", "rebuild"]],
  ["papyra persistence recover --dry", ["--dry-run"]],
  ["papyra persistence scan --path x --js", ["--json"]],
  ["papyra inspect records --output ", ["text", "json", "ndjson", "table"]],
  ["papyra inspect records -o nd", ["ndjson"]],
  ["papyra inspect records --kind ", ["event", "audit", "dead_letter"]],
  ["papyra inspect events --a", ["--after-seq", "--actor"]],
  ["papyra completions ", ["bash", "zsh", "fish"]],
];

for (const [line, words] of TYPED) {
  cliTest(`bash completes "${line}"`, async (directory) => {
    const script = `${directory}/papyra.bash`;
    await Deno.writeTextFile(script, await papyraOk(["completions", "bash"]));
    const typed = line.split(" ");
    const { code, stdout } = await new Deno.Command("bash", {
      args: [
        "-c",
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _papyra; ' +
        'printf "%s\\n" "${COMPREPLY[@]}"',
        "bash",
        script,
        ...typed,
      ],
    }).output();
    assertEquals(code, 0);
    const completions = new TextDecoder().decode(stdout).trimEnd().split("\n");
    assertEquals(words.filter((word) => !completions.includes(word)), []);
    assertEquals(completions.filter((word) => !word.startsWith(typed.at(-1)!)), []);
  });
}

for (const shell of ["bash", "zsh", "fish"]) {
  Deno.test(`the script for ${shell} knows every command and option`, async () => {
    const script = await papyraOk(["completions", shell]);
    for (const { name, options } of COMMANDS) {
      assertStringIncludes(script, name);
      for (const option of Object.keys(options)) {
        const flag = flagName(option);
        assertStringIncludes(script, shell === "fish" ? ` -l ${flag.slice(2)} ` : flag);
      }
    }
  });
}

Deno.test("completions --json carries the script in a document", async () => {
  const script = await papyraOk(["completions", "fish"]);
  assertEquals(JSON.parse(await papyraOk(["completions", "fish", "--json"])), {
    schema: "papyra.completions/v1",
    shell: "fish",
    script,
  });
});
