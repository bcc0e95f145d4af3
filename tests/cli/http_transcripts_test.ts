import { join } from "node:path";
import { assert, assertMatch } from "../_assert.ts";
import { cliTest } from "./_papyra.ts";
import { Serving } from "./_server.ts";
import { events, storeOf } from "./_stores.ts";

const PAGE = join(import.meta.dirname!, "../../docs/http.md");
const USUAL = "http://127.0.0.1:9464";
const NAME = "facts.ndjson";

/** A command of a transcript, and what it printed. */
interface Exchange {
  readonly command: string;
  readonly output: string;
}

/** The exchanges in all blocks of the page with this mark behind `console`. */
async function exchangesOf(mark: string): Promise<Exchange[]> {
  const page = await Deno.readTextFile(PAGE);
  const blocks = [...page.matchAll(/^```console ?(.*)\n([^]*?)^```$/gm)];
  return blocks.filter(([, found]) => found === mark).flatMap(([, , block]) =>
    block!.split(/^\$ /m).slice(1).map((text) => {
      const end = text.indexOf("\n");
      return { command: text.slice(0, end), output: text.slice(end + 1) };
    })
  );
}

/** What was printed, where numbers may be others, and `…` stands for anything. */
function patternOf(output: string): RegExp {
  const escaped = output.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const numbers = escaped.replaceAll(
    /\b\d+(?:\\\.\d+)?\b/g,
    (number) => /^[1-5]\d\d$/.test(number) ? number : "[\\d.e+-]+",
  );
  return new RegExp(`^${numbers.replaceAll("…", "[^]*?")}$`);
}

async function replay(mark: string, args: readonly string[], cwd: string): Promise<void> {
  const exchanges = await exchangesOf(mark);
  assert(exchanges.length > 3, `only ${exchanges.length} commands found`);
  await using server = new Serving(["--path", NAME, ...args], { cwd });
  const url = await server.url();
  await server.untilTold(/Persistence is healthy|persistence anomalies/);
  for (const { command, output } of exchanges) {
    const shell = new Deno.Command("sh", { args: ["-c", command.replaceAll(USUAL, url)], cwd });
    const { stdout, stderr } = await shell.output();
    const text = new TextDecoder().decode(stdout).replaceAll("\r\n", "\n");
    assertMatch(text, patternOf(output), `${command}: ${new TextDecoder().decode(stderr)}`);
  }
}

cliTest("docs/http.md shows what curl prints of a sound store", async (directory) => {
  await storeOf(directory, events(3), NAME);
  await replay("", [], directory);
});

cliTest("docs/http.md shows what curl prints of a damaged store", async (directory) => {
  const path = await storeOf(directory, events(3), NAME);
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace("ActorStopped", "ActorStoppeD"));
  await replay("damaged", [], directory);
});

cliTest("docs/http.md shows what curl prints where there is a token", async (directory) => {
  await storeOf(directory, events(3), NAME);
  await Deno.writeTextFile(join(directory, "token"), "correct-horse-battery-staple\n");
  await replay("token", ["--token-file", "token"], directory);
});
