import { join } from "node:path";
import { assertEquals } from "../_assert.ts";
import { cliTest, papyraCommand } from "../cli/command_line.ts";
import { eventLine } from "../storage/lines.ts";

const LINES = 20_000;
// Pipes are made like this by programs that never wait in a call.
const WITHOUT_WAITING =
  "use Fcntl; fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die; exec @ARGV";

cliTest("a pipe that is full for a while loses nothing of a listing", async (directory) => {
  const path = join(directory, "events.ndjson");
  const lines = Array.from({ length: LINES }, (_, index) => eventLine(index + 1));
  await Deno.writeTextFile(path, `${lines.join("\n")}\n`);
  const inspect = [...papyraCommand(), "inspect", "events", "--path", path, "-o", "ndjson"];
  const { code, stdout } = await new Deno.Command("perl", {
    args: ["-e", WITHOUT_WAITING, ...inspect],
  }).output();
  const told = new TextDecoder().decode(stdout).trimEnd().split("\n");
  assertEquals(code, 0);
  assertEquals(told.map((line) => JSON.parse(line).seq), lines.map((_, index) => index + 1));
});
