import { join } from "node:path";
import { assertEquals } from "../_assert.ts";
import { COMMANDS } from "../../lib/cli/command_table.ts";
import { cliTest, papyraCommand } from "./_papyra.ts";
import { events, storeOf } from "./_stores.ts";

for (const { name, examples } of COMMANDS) {
  for (const example of examples) {
    cliTest(`the example of ${name} works: ${example}`, async (directory) => {
      await storeOf(directory, events(3));
      const isEndless = example.includes("--follow");
      const command = papyraCommand().map((word) => `'${word}'`).join(" ");
      const program = join(directory, "papyra");
      await Deno.writeTextFile(program, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
      const { code, stderr } = await new Deno.Command("sh", {
        args: ["-c", isEndless ? `${example} --timeout 500ms` : example],
        cwd: directory,
        env: { PATH: `${directory}:${Deno.env.get("PATH")}`, PAPYRA_STORE: "", PAPYRA_CONFIG: "" },
      }).output();
      const text = new TextDecoder().decode(stderr);
      // What a disk supports depends on where the tests run.
      const isFine = code === (isEndless ? 13 : 0) || (name === "doctor disk" && code === 1);
      assertEquals({ isFine, text: isFine ? "" : `${code}: ${text}` }, { isFine, text: "" });
    });
  }
}
