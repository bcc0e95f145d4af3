import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../_assert.ts";
import { cliTest, papyra, papyraOk } from "../_papyra.ts";
import { codesOf, listedNumbers, scanOf } from "./_observed.ts";
import { Unprivileged } from "./_unprivileged.ts";

const LINE = '{"kind":"event"}\n';
const DENIED = /permission denied; run as the owner of the store, or give it read and write access/;

/** A store of so many events, two to a segment. */
async function segmentedStore(
  directory: string,
  count: number,
  name = "e.ndjson",
): Promise<string> {
  const path = join(directory, name);
  for (let rest = count; rest > 0; rest -= 2) {
    const stdin = LINE.repeat(Math.min(rest, 2));
    await papyraOk(["ingest", "--path", path, "--rotate-records", "2", "--quiet"], { stdin });
  }
  return path;
}

function segmentAt(path: string, firstSeq: number): string {
  return `${path}.${String(firstSeq).padStart(16, "0")}`;
}

Deno.test("a segment that may not be read is named, and writing goes on", async () => {
  await using user = await Unprivileged.create();
  const directory = join(user.directory, "store");
  await Deno.mkdir(directory);
  const path = await segmentedStore(directory, 7);
  await user.own(directory);
  const segment = segmentAt(path, 3);
  const before = await Deno.readFile(segment);
  await Deno.chmod(segment, 0);
  const run = (command: string) => user.papyra([...command.split(" "), "--path", path], LINE);
  const reading = ["inspect events", "persistence scan", "persistence recover", "doctor run"];
  for (const command of [...reading, "persistence compact --max-records 1"]) {
    const { code, stdout, stderr } = await run(command);
    // A listing shows what stands before it.
    const shown = command === "inspect events" ? 2 : 0;
    assertEquals([code, stdout.split("\n").length - 1], [74, shown], `${command}: ${stderr}`);
    assertMatch(stderr, DENIED, command);
    assertStringIncludes(stderr, `"${segment}"`);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  }
  assertEquals((await run("inspect events --limit 3 --quiet")).code, 0);
  assertEquals(await run("record event --type T"), { code: 0, stdout: "8\n", stderr: "" });
  assertEquals((await run("persistence rotate --quiet")).code, 0);
  assertEquals(await run("record event --type T"), { code: 0, stdout: "9\n", stderr: "" });
  await Deno.chmod(segment, 0o600);
  assertEquals(await Deno.readFile(segment), before);
  assertEquals((await run("persistence scan")).code, 0);
});

cliTest("a segment's name that is taken keeps no record out, and is told", async (directory) => {
  const path = await segmentedStore(directory, 3);
  const taken = segmentAt(path, 3);
  await Deno.mkdir(taken);
  const stdin = LINE.repeat(3000);
  const args = ["--path", path, "--rotate-records", "10"];
  assertMatch(await papyraOk(["ingest", ...args], { stdin }), / 3000 records acknowledged as 4 to/);
  assertEquals((await listedNumbers(path)).length, 3003);
  const metrics = JSON.parse(await papyraOk(["metrics", "persistence", "--path", path, "--json"]));
  assertEquals(metrics.rotations, 1);
  assert(metrics.rotation_errors > 0);
  const scan = await scanOf(path);
  assertEquals([scan.code, codesOf(scan)], [0, ["UNEXPECTED_FILE"]]);
  const { code, stderr } = await papyra(["persistence", "rotate", "--path", path]);
  assertEquals(code, 74);
  assertMatch(stderr, /the name of its segment, ".*\.0000000000000003", is taken; move that file/);
  await Deno.remove(taken);
  assertMatch(await papyraOk(["persistence", "rotate", "--path", path]), / {2}seqs: 3 to 3003\n/);
});

cliTest(
  "the sidecar of another store hides no record, and what it claims is told",
  async (directory) => {
    const path = await segmentedStore(directory, 5);
    const other = await segmentedStore(directory, 9, "other.ndjson");
    const [own, foreign] = [path, other].map((file) => file.replace(/([^/]+)$/, ".$1.papyra"));
    await papyraOk(["persistence", "scan", "--path", other, "--quiet"]);
    await Deno.remove(own!, { recursive: true });
    await Deno.rename(foreign!, own!);
    // As if somebody had restored the sidecar, but not the store.
    const summaries = join(own!, "segments");
    for await (const { name } of Deno.readDir(summaries)) {
      await Deno.rename(join(summaries, name), join(summaries, name.replace("other", "e")));
    }
    assertEquals(await listedNumbers(path), [1, 2, 3, 4, 5]);
    const since = JSON.parse(
      (await papyra(["persistence", "scan", "--path", path, "--since-last", "--json"])).stdout,
    );
    assertEquals([since.reused, since.records.event], [null, 5]);
    const { anomalies } = await scanOf(path);
    assertEquals(anomalies.map(({ code, file }) => [code, file]), [["SEQUENCE_GAP", path]]);
    assertMatch(anomalies[0]!.reason, /^records 6 to 9 are missing before this place/);
    assertEquals(await papyraOk(["record", "event", "--type", "T", "--path", path]), "10\n");
    await papyraOk(["persistence", "recover", "--path", path, "--quiet"]);
    assertEquals(codesOf(await scanOf(path)), []);
    assertEquals(await listedNumbers(path), [1, 2, 3, 4, 5, 10]);
  },
);

cliTest(
  "a sidecar of a newer version is read as far as it goes, and not written",
  async (directory) => {
    const path = await segmentedStore(directory, 5);
    const state = join(directory, ".e.ndjson.papyra", "state.json");
    await Deno.writeTextFile(state, '{"format_version":2,"durable_seq":5,"shape":"new"}\n');
    const names = async () =>
      (await Array.fromAsync(Deno.readDir(directory))).map((e) => e.name).sort();
    const before = await names();
    assertEquals(await listedNumbers(path), [1, 2, 3, 4, 5]);
    const record = ["record", "event", "--type", "T", "--rotate-records", "1"];
    for (const command of [record, ["persistence", "rotate"]]) {
      const { code, stdout, stderr } = await papyra([...command, "--path", path]);
      assertEquals([code, stdout], [74, ""], stderr);
      assertMatch(stderr, /its format is version 2, newer than this program; use a newer papyra/);
    }
    assertEquals(await names(), before);
  },
);
