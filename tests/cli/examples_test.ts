import { assertEquals } from "../_assert.ts";
import { COMMANDS } from "../../lib/cli/command_table.ts";
import { serversOfFile, standalone } from "../redis/servers.ts";
import { cliTest, papyraScript } from "./_papyra.ts";
import { events, storeOf } from "./_stores.ts";

const EXAMPLE_URL = "redis://127.0.0.1:6379/0";

const servers = serversOfFile(standalone({ appendonly: "yes" }));

/** An example on a server is run on one that has the group it names. */
async function runnable(example: string): Promise<string> {
  if (!example.includes(EXAMPLE_URL)) return example;
  const { url, processes: [server] } = servers.current;
  await server!.command("DEL", "papyra:local:events");
  await server!.command("XGROUP", "CREATE", "papyra:local:events", "billing", "0", "MKSTREAM");
  return example.replace(EXAMPLE_URL, url);
}

for (const { name, examples } of COMMANDS) {
  for (const example of examples) {
    cliTest(`the example of ${name} works: ${example}`, async (directory) => {
      await storeOf(directory, events(3));
      const isEndless = example.includes("--follow") || name === "serve";
      // Somebody else may listen on the usual port of the machine that runs the tests.
      const port = name === "serve" && !example.includes("--listen") ? " --listen 127.0.0.1:0" : "";
      const script = `${await runnable(example)}${port}${isEndless ? " --timeout 500ms" : ""}`;
      const { code, stderr } = await papyraScript(script, directory);
      // What a disk supports depends on where the tests run.
      const isFine = code === (isEndless ? 13 : 0) || (name === "doctor disk" && code === 1);
      assertEquals({ isFine, text: isFine ? "" : `${code}: ${stderr}` }, { isFine, text: "" });
    });
  }
}
