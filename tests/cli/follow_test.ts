import { join } from "node:path";
import { assertEquals, assertMatch } from "../_assert.ts";
import { Follower } from "./_follower.ts";
import { cliTest, papyra, papyraCommand, papyraOk } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

async function record(path: string, ...types: readonly string[]): Promise<void> {
  for (const type of types) {
    await papyraOk([
      "record",
      "event",
      "--type",
      type,
      "--path",
      path,
      "--timestamp",
      "1700000000",
    ]);
  }
}

function line(type: string): string {
  return `[1700000000.000] ${type} `;
}

cliTest(
  "inspect events --follow shows the newest 10, then each one as it comes",
  async (directory) => {
    const path = await storeOf(directory, events(15));
    await using follower = new Follower(["events", "--path", path]);
    const listed = (await papyraOk(["inspect", "events", "--path", path])).trimEnd().split("\n");
    assertEquals(await follower.until(10), listed.slice(-10));
    await record(path, "Paid");
    assertEquals((await follower.until(11)).slice(10), [line("Paid")]);
    await record(path, "Sent", "Lost");
    assertEquals((await follower.until(13)).slice(11), [line("Sent"), line("Lost")]);
    assertEquals(await follower.stop(), 130);
    assertEquals(follower.lines.length, 13);
  },
);

for (const [format, head] of [["text", 0], ["ndjson", 0], ["table", 1]] as const) {
  cliTest(`-o ${format} shows what came before it waits for more`, async (directory) => {
    const path = await storeOf(directory, events(3));
    await using follower = new Follower(["records", "-o", format, "--path", path, "--limit", "2"]);
    await follower.until(head + 2);
    for (let count = 3; count <= 5; count++) {
      await record(path, `Type${count}`);
      assertMatch((await follower.until(head + count)).at(-1)!, new RegExp(`Type${count}`));
    }
    await follower.stop();
    const heads = follower.lines.filter((shown) => shown.startsWith("SEQ"));
    assertEquals([heads.length, follower.lines.length], [head, head + 5]);
  });
}

for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  cliTest(`${signal} ends it with ${expected}, and says where to go on`, async (directory) => {
    const path = await storeOf(directory, events(3));
    await using follower = new Follower(["events", "--path", path]);
    await follower.until(3);
    assertEquals(await follower.stop(signal), expected);
    assertEquals(follower.told, [
      `papyra: Stopped by ${signal}; to go on behind what was shown, give --after-seq 3`,
    ]);
  });
}

cliTest("--timeout ends it with 13", async (directory) => {
  const path = await storeOf(directory, events(3));
  const { code, stdout, stderr } = await papyra(
    ["inspect", "events", "-f", "--path", path, "--limit", "0", "--timeout", "300ms"],
  );
  assertEquals({ code, stdout }, { code: 13, stdout: "" });
  assertEquals(stderr, "papyra: Stopped: the time limit of 300ms passed, see --timeout\n");
});

cliTest("runs behind each other show every record once", async (directory) => {
  const path = join(directory, "events.ndjson");
  const seqs: number[] = [];
  for (let round = 1; round <= 3; round++) {
    await record(path, "One", "Two");
    const after = ["--after-seq", String(seqs.at(-1) ?? 0)];
    await using follower = new Follower(["records", "-o", "ndjson", "--path", path, ...after]);
    await follower.until(2);
    await record(path, "Three");
    await follower.until(3);
    await follower.stop();
    seqs.push(...follower.lines.map((shown) => JSON.parse(shown).seq));
  }
  assertEquals(seqs, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

cliTest("filters hold for what comes", async (directory) => {
  const path = await storeOf(directory, events(3));
  await using follower = new Follower([
    "events",
    "--path",
    path,
    "--type",
    "Paid",
    "--since",
    "1h",
  ]);
  await papyraOk(["record", "event", "--type", "Sent", "--path", path]);
  await record(path, "Paid");
  await papyraOk(["record", "event", "--type", "Paid", "--actor", "local://1", "--path", path]);
  assertMatch((await follower.until(1))[0]!, /^\[[\d.]+\] Paid local:\/\/1$/);
  await follower.stop();
  assertEquals(follower.lines.length, 1);
});

cliTest("a store that is not there yet is waited for, unless it is required", async (directory) => {
  const path = join(directory, "events.ndjson");
  const { code } = await papyra(["inspect", "events", "-f", "--path", path, "--require-store"]);
  assertEquals(code, 10);
  await using follower = new Follower(["events", "--path", path]);
  assertEquals(await follower.untilTold(1), [
    `papyra: there is no store at ${path} yet: waiting for it`,
  ]);
  await record(path, "First");
  assertEquals(await follower.until(1), [line("First")]);
});

cliTest("damaged lines that are passed over are told of as they come", async (directory) => {
  const path = await damagedStore(directory);
  await using follower = new Follower(["events", "--path", path, "--after-seq", "0"]);
  await follower.until(9);
  const told = (count: number) =>
    `papyra: ${count} damaged lines were passed over: run papyra persistence scan`;
  assertEquals(await follower.untilTold(1), [told(1)]);
  await Deno.writeTextFile(path, "{\n}\n", { append: true });
  assertEquals(await follower.untilTold(2), [told(1), told(2)]);
});

cliTest("a store that is another one by now ends it with 65", async (directory) => {
  const path = await storeOf(directory, events(3));
  const args = ["inspect", "events", "--follow", "--path", path, "--after-seq", "100"];
  const { code, stdout, stderr } = await papyra(args);
  assertEquals({ code, stdout }, { code: 65, stdout: "" });
  assertMatch(stderr, /^papyra: Cannot follow ".*" behind record 100: .*--after-seq 0.*\n$/);
});

cliTest("inspect --follow | head -3 ends with 0 at the next record", async (directory) => {
  const path = await storeOf(directory, events(2));
  const follow = [...papyraCommand(), "inspect", "records", "--follow", "--path", path];
  const shell = new Deno.Command("bash", {
    args: ["-c", 'set -o pipefail; "$@" | head -3', "bash", ...follow],
    env: { PAPYRA_STORE: "", PAPYRA_CONFIG: "", COLUMNS: "" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let hasEnded = false;
  const output = shell.output().finally(() => hasEnded = true);
  // Those that come before it has begun are among the newest.
  while (!hasEnded) await record(path, "Next");
  const { code, stdout, stderr } = await output;
  const [out, told] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals({ code, told, lines: out!.split("\n").length }, { code: 0, told: "", lines: 4 });
});

for (const args of [["--json"], ["-o", "json"], ["--reverse"]]) {
  cliTest(`--follow ${args.join(" ")} is a mistake on the command line`, async (directory) => {
    const path = await storeOf(directory, events(3));
    const { code, stderr, stdout } = await papyra([
      "inspect",
      "events",
      "-f",
      "--path",
      path,
      ...args,
    ]);
    assertEquals(code, 64);
    assertMatch(stdout + stderr, args.includes("--reverse") ? /--reverse/ : /-o ndjson/);
  });
}
