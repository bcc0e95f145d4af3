import { join } from "node:path";
import { main } from "../../lib/cli/main.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { FIXTURES } from "../backends/file/originals.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";
import { fakeTerminal } from "./_terminal.ts";

cliTest("copy brings over what is new, compares, and tells both", async (directory) => {
  const from = join(FIXTURES, "rotating/events.ndjson");
  const to = join(directory, "to.ndjson");
  const copy = ["copy", "--from", from, "--to", `file:${to}`];
  const planned = JSON.parse(await papyraOk([...copy, "--dry-run", "--json"]));
  assertEquals([planned.schema, planned.dry_run, planned.changed], ["papyra.copy/v1", true, false]);
  const first = await papyraOk([...copy, "--rotate-bytes", "16KiB"]);
  assertMatch(first, /^Copy completed\n {2}from: file:.*rotating\/events\.ndjson\n/);
  assertStringIncludes(first, "copied: 150 (event 107, audit 22, dead_letter 21)\n");
  assertStringIncludes(first, "verified (all): 150 (event 107, audit 22, dead_letter 21)\n");
  assertMatch(first, /\n {4}audit: 22, sha256 [0-9a-f]{64}\n/);
  const second = JSON.parse(await papyraOk([...copy, "--json"]));
  assertEquals(second.copied, { event: 0, audit: 0, dead_letter: 0 });
  assertEquals([second.resumed, second.verification.other_records], [true, 0]);
  assertEquals(planned.copied, second.verification.records);
  const history = await papyraOk(["persistence", "history", "--path", to]);
  assertEquals(history.match(/copy done/g)?.length, 1);
  assertEquals(await papyraOk([...copy, "--quiet"]), "");
});

cliTest("copy takes kinds and times as inspect does", async (directory) => {
  const from = await storeOf(directory, events(10));
  const to = join(directory, "to.ndjson");
  const copy = ["copy", "--from", from, "--to", to, "--json"];
  const times = ["--since", "1700000002", "--until", "2023-11-14T22:13:25Z"];
  const { copied } = JSON.parse(await papyraOk([...copy, ...times, "--kind", "event"]));
  assertEquals(copied.event, 4);
  assertEquals(JSON.parse(await papyraOk([...copy, "--kind", "audit"])).changed, false);
  const other = await papyra([...copy, "--since", "1700000001"]);
  assertEquals(other.code, 64);
  assertStringIncludes(JSON.parse(other.stdout).message, "Cannot copy other times than before");
});

cliTest(
  "copy ends with 2 where damage was passed over, and 4 where the copy differs",
  async (directory) => {
    const from = await damagedStore(directory);
    const to = join(directory, "to.ndjson");
    const copy = ["copy", "--from", from, "--to", to];
    const { code, stdout, stderr } = await papyra(copy);
    assertEquals(code, 2);
    assertStringIncludes(stdout, "copied: 9 (");
    assertStringIncludes(
      stderr,
      "papyra: 1 damaged lines were not copied: papyra persistence scan",
    );
    const skipping = await papyra([...copy, "--skip-damaged"]);
    assertEquals([skipping.code, skipping.stdout.includes("copied: 0 (")], [0, true]);
    await Deno.writeTextFile(to, (await Deno.readTextFile(to)).split("\n").slice(2).join("\n"));
    const differing = await papyra([...copy, "--json"]);
    const error = JSON.parse(differing.stdout);
    assertEquals([differing.code, error.code, error.seq], [4, "COPY_DIFFERS", 1]);
    assertEquals((await papyra([...copy, "--verify", "new"])).code, 0);
  },
);

cliTest("copy needs a store to copy from, and another to copy to", async (directory) => {
  const from = await storeOf(directory, events(1));
  const codes = [
    ["--from", join(directory, "none.ndjson"), "--to", join(directory, "to.ndjson")],
    ["--from", from, "--to", from],
    ["--from", from],
    ["--from", from, "--to", "memory:", "--kind", "nap"],
    ["--from", from, "--to", "redis://127.0.0.1:1/0"],
    ["--from", from, "--to", "memory:"],
  ].map(async (args) => (await papyra(["copy", ...args])).code);
  assertEquals(await Promise.all(codes), [10, 64, 64, 64, 69, 0]);
});

cliTest(
  "a signal ends copy with what was copied noted; the next run goes on",
  async (directory) => {
    const from = await storeOf(directory, events(3000));
    const to = join(directory, "to.ndjson");
    const terminal = fakeTerminal();
    terminal.stderr.isTTY = true;
    const write = terminal.stderr._write.bind(terminal.stderr);
    terminal.stderr._write = (chunk, encoding, callback) => {
      write(chunk, encoding, callback);
      if (terminal.stderr.text.includes("copying [")) terminal.stop("SIGTERM");
    };
    const args = ["copy", "--from", from, "--to", to, "--batch-size", "5", "--no-color"];
    assertEquals(await main(args, terminal), 143);
    assertMatch(
      terminal.stderr.text,
      /papyra: Stopped by SIGTERM; \d+ records were copied before that: copy again to go on\n$/,
    );
    const { copied, found, resumed } = JSON.parse(await papyraOk([...args, "--json"]));
    assertEquals([resumed, found.event], [true, 0]);
    assert(copied.event < 3000 && copied.event > 0, `${copied.event}`);
    assertEquals((await papyraOk([...args])).includes("verified (all): 3000 ("), true);
  },
);
