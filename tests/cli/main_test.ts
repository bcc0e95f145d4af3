import { assertEquals, assertMatch } from "../_assert.ts";
import { EXIT } from "../../lib/cli/exit_codes.ts";
import { main, tellDefect } from "../../lib/cli/main.ts";
import { Notes } from "../../lib/cli/notes.ts";
import { Output } from "../../lib/cli/output.ts";
import { progressText } from "../../lib/cli/progress_bar.ts";
import { fakeTerminal, KeptStream } from "./_terminal.ts";

Deno.test("colours are for terminals, unless the user wants none", async () => {
  const textOf = async (args: string[], env: Record<string, string>, isTTY: boolean) => {
    const terminal = fakeTerminal(env);
    terminal.stdout.isTTY = isTTY;
    await main(["persistence", "scan", "--store", "memory:", ...args], terminal);
    return terminal.stdout.text.split("\n")[0]!;
  };
  assertEquals(await textOf([], {}, true), "\x1b[32mPersistence is healthy\x1b[0m");
  const plain = "Persistence is healthy";
  assertEquals(await textOf([], {}, false), plain);
  assertEquals(await textOf(["--no-color"], {}, true), plain);
  assertEquals(await textOf([], { NO_COLOR: "1" }, true), plain);
  assertEquals(await textOf([], { TERM: "dumb" }, true), plain);
});

Deno.test("a signal that comes too late changes nothing", async () => {
  const terminal = fakeTerminal();
  const running = main(["--version"], terminal);
  assertEquals(await running, EXIT.OK);
  terminal.stop("SIGTERM");
});

Deno.test("a signal before the work stops it with its own exit code", async () => {
  for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const terminal = fakeTerminal();
    const running = main(["ingest", "--store", "memory:"], terminal);
    terminal.stop(signal);
    assertEquals(await running, expected);
    assertMatch(terminal.stderr.text, new RegExp(`^papyra: Stopped by ${signal}; `));
  }
});

Deno.test("a progress bar is drawn on a terminal, and taken away in the end", async () => {
  const textOf = async (isTTY: boolean, isQuiet: boolean) => {
    const terminal = fakeTerminal();
    terminal.stderr.isTTY = isTTY;
    const output = new Output(terminal.stderr, "ignore", new AbortController().signal);
    const notes = new Notes(output, isTTY);
    notes.isQuiet = isQuiet;
    notes.progressOf("scanning").onProgress?.(50, 100);
    await notes.clearProgress();
    return terminal.stderr.text;
  };
  const bar = `scanning [${"#".repeat(15)}${"-".repeat(15)}] 50%`;
  assertEquals(await textOf(true, false), `\r\x1b[K${bar}\r\x1b[K`);
  assertEquals(await textOf(false, false), "");
  assertEquals(await textOf(true, true), "");
  assertEquals(progressText("x", 0, 0).endsWith("] 100%"), true);
});

Deno.test("a defect is told as one, in one line", () => {
  const stderr = new KeptStream();
  tellDefect(new TypeError("x is\nundefined"), stderr);
  assertEquals(stderr.text, "papyra: defect: x is\\nundefined, please report it\n");
});
