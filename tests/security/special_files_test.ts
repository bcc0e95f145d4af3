import { join } from "node:path";
import { assertEquals, assertMatch } from "../_assert.ts";
import { papyra } from "../cli/command_line.ts";
import { COMMANDS, confinedTest, runAll, WRITING } from "./_stage.ts";
import { runSoundly } from "./_command.ts";

const NAMES = [
  "state.json",
  "metrics.json",
  "receipts.ndjson",
  "maintenance.lock",
  "sidecar.lock",
  "removed",
  "segments",
  "rewrite.0123456789ab.tmp",
];

/** What is no file, and how it is made. Only root may make devices. */
const SPECIAL: readonly (readonly [what: string, make: readonly string[]])[] = [
  ["a pipe", ["mkfifo"]],
  ...(Deno.uid() === 0 ? [["an endless device", ["mknod", "PATH", "c", "1", "5"]] as const] : []),
];

for (const [what, command] of SPECIAL) {
  confinedTest(
    `${what} in place of anything in the sidecar is waited for by nobody`,
    async (stage) => {
      for (const name of NAMES) {
        await stage.reset();
        await make(command, join(stage.sidecar, name));
        await runAll(stage.path, WRITING);
      }
    },
  );

  confinedTest(`${what} is no store`, async (stage) => {
    const path = join(stage.shop, "pipe");
    await make(command, path);
    for (const command of COMMANDS) {
      const { code, stderr } = await runSoundly(...command.split(" "), "--path", path);
      assertEquals(code, 74, command);
      assertMatch(stderr, /Cannot use ".*" as a store: it is not a regular file/);
    }
  });
}

confinedTest("a pipe in place of the receipts ends a process with a reason", async (stage) => {
  await stage.reset();
  await make(["mkfifo"], join(stage.sidecar, "receipts.ndjson"));
  const { code, stderr } = await papyra(["persistence", "recover", "--path", stage.path]);
  assertEquals(code, 74);
  assertMatch(stderr, /it is not a regular file; move it away \(EFTYPE\) at ".*receipts\.ndjson"/);
});

async function make([program, ...args]: readonly string[], path: string): Promise<void> {
  const all = args.length === 0 ? [path] : args.map((arg) => arg === "PATH" ? path : arg);
  const { success } = await new Deno.Command(program!, { args: all }).output();
  if (!success) throw new Error(`Cannot make ${path}`);
}
