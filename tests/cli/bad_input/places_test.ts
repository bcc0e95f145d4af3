import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../_assert.ts";
import { cliTest, papyra, papyraCommand, papyraOk } from "../_papyra.ts";
import { damagedStore, events, storeOf } from "../_stores.ts";
import { availableDisks, setReadOnly, withSmallDisk } from "../../_small_disk.ts";
import { codesOf, scanOf, storedNumbers } from "./_observed.ts";

const SIDECAR = ".events.ndjson.papyra";
const TYPED = ["record", "event", "--type", "T", "--path"];

cliTest("a store reached through links is one store", async (directory) => {
  const path = await storeOf(directory, events(2));
  await Deno.mkdir(join(directory, "deep"));
  await Deno.symlink("../events.ndjson", join(directory, "deep", "link.ndjson"));
  await Deno.symlink("deep", join(directory, "link"));
  const links = [join(directory, "deep", "link.ndjson"), join(directory, "link", "link.ndjson")];
  for (const [index, link] of links.entries()) {
    assertEquals(await papyraOk([...TYPED, link]), `${index + 3}\n`);
  }
  const compact = ["persistence", "compact", "--max-records", "3", "--path", links[1]!];
  assertStringIncludes(await papyraOk(compact), "removed_records: 1\n");
  for (const place of [path, ...links]) assertEquals(await storedNumbers(place), [2, 3, 4]);
  assert((await Deno.lstat(links[0]!)).isSymlink, "the link was replaced");
  assertEquals(await namesIn(directory), [SIDECAR, "deep", "events.ndjson", "link"]);
  assertEquals(await namesIn(join(directory, "deep")), ["link.ndjson"]);
});

cliTest("a store that is not there stays so, whatever is asked of it", async (directory) => {
  const path = join(directory, "deep", "events.ndjson");
  const asked = ["persistence scan", "persistence recover", "persistence compact --max-records 1"];
  for (const command of [...asked, "inspect events", "metrics reset", "doctor run"]) {
    assertEquals((await papyra([...command.split(" "), "--path", path])).code, 0);
  }
  assertEquals(await namesIn(directory), []);
});

cliTest("a sidecar deleted between any two commands costs nothing", async (directory) => {
  const path = await damagedStore(directory);
  const commands: readonly (readonly [command: string, code: number])[] = [
    ["persistence scan", 2],
    ["record event --type T", 0],
    ["persistence compact --max-records 5", 0],
    ["persistence recover", 0],
    ["record event --type T", 0],
    ["persistence compact --max-records 3", 0],
    ["record event --type T", 0],
    ["persistence scan", 0],
    ["metrics persistence", 0],
    ["persistence history", 0],
  ];
  for (const [command, expected] of commands) {
    await Deno.remove(join(directory, SIDECAR), { recursive: true }).catch(() => {});
    const { code, stderr } = await papyra([...command.split(" "), "--path", path]);
    assertEquals(code, expected, `${command}: ${stderr}`);
  }
  assertEquals(await storedNumbers(path), [10, 11, 12, 13]);
});

/** What may stand where the sidecar, or something in it, has to be; nothing of it is a store's. */
const IN_THE_WAY: readonly (readonly [what: string, put: (sidecar: string) => Promise<void>])[] = [
  ["a file", (sidecar) => Deno.writeTextFile(sidecar, "mine\n")],
  ["a link", (sidecar) => Deno.symlink("..", sidecar)],
  ["a directory for its lock", (sidecar) => makeIn(sidecar, "maintenance.lock")],
  ["a directory for its receipts", (sidecar) => makeIn(sidecar, "receipts.ndjson")],
];

for (const [what, put] of IN_THE_WAY) {
  cliTest(`${what} in the sidecar's place keeps maintenance from beginning`, async (directory) => {
    const path = await damagedStore(directory);
    const sidecar = join(directory, SIDECAR);
    await Deno.remove(sidecar, { recursive: true });
    await put(sidecar);
    const before = await Deno.readFile(path);
    const { code, stdout, stderr } = await papyra(["persistence", "recover", "--path", path]);
    assertEquals([code, stdout], [74, ""]);
    assertStringIncludes(stderr, sidecar);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
    assertEquals(await Deno.readFile(path), before);
    assertEquals((await papyra(["inspect", "events", "--path", path])).code, 0);
  });
}

cliTest("caches that cannot be read are written anew", async (directory) => {
  const path = await storeOf(directory, events(3));
  for (const name of ["state.json", "metrics.json", "receipts.ndjson"]) {
    await Deno.writeTextFile(join(directory, SIDECAR, name), '{"torn');
  }
  assertEquals(codesOf(await scanOf(path)), []);
  assertEquals(await papyraOk([...TYPED, path]), "4\n");
  await papyraOk(["persistence", "compact", "--path", path, "--max-records", "2"]);
  assertMatch(await papyraOk(["persistence", "history", "--path", path]), / compact done /);
  assertStringIncludes(
    await papyraOk(["metrics", "persistence", "--path", path]),
    "compactions: 1",
  );
});

cliTest("head ends a listing quietly", async (directory) => {
  const path = await storeOf(directory, events(20_000));
  for (const command of ["inspect events", "inspect events --json", "inspect events --reverse"]) {
    const script = `{ "$@" ${command} --path "$STORE"; echo $? >&2; } | head -n 2`;
    const { stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", script, "sh", ...papyraCommand()],
      env: { STORE: path },
      cwd: directory,
    }).output();
    const [lines, told] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assertEquals(lines!.trimEnd().split("\n").length, 2);
    assertEquals(told, "0\n", command);
  }
});

// A read-only medium takes mounting; tests/bad_input/cli/permissions_test.ts has read-only directories.
for (const kind of (await availableDisks()).filter((kind) => kind !== "simulated")) {
  Deno.test(`a store on a read-only medium (${kind}) is read, and says why it is not written`, () =>
    withSmallDisk(kind, async ({ directory }) => {
      const path = await damagedStore(directory);
      await setReadOnly(directory);
      assertEquals(codesOf(await scanOf(path)), ["CHECKSUM_MISMATCH"]);
      assertEquals((await papyra(["inspect", "events", "--path", path])).code, 0);
      for (const command of ["record event --type T", "persistence recover", "metrics reset"]) {
        const { code, stdout, stderr } = await papyra([...command.split(" "), "--path", path]);
        assertEquals([code, stdout], [74, ""], stderr);
        assertMatch(stderr, /the file system is read-only; mount it writable for this \(EROFS\)/);
        assertEquals(stderr.trimEnd().split("\n").length, 1);
      }
    }));
}

async function makeIn(sidecar: string, name: string): Promise<void> {
  await Deno.mkdir(join(sidecar, name), { recursive: true });
}

async function namesIn(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
}
