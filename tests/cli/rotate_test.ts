import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { events, storeOf } from "./_stores.ts";

const ORIGINAL = '{"kind": "event", "timestamp": 1.5, "event_type": "Old"}\n';
const NOTHING = "Nothing to seal: the active file holds no numbered record\n";

function rotate(path: string, ...flags: string[]): string[] {
  return ["persistence", "rotate", "--path", path, ...flags];
}

cliTest("rotate seals a single file, and says what", async (directory) => {
  const path = await storeOf(directory, events(3));
  const segment = `${path}.0000000000000001`;
  const before = await Deno.readFile(path);
  assertEquals(
    await papyraOk(rotate(path)),
    `Rotation completed\n  segment: ${segment}\n  bytes: ${before.length}\n  seqs: 1 to 3\n`,
  );
  assertEquals(await Deno.readFile(segment), before);
  assertEquals(await papyraOk(["record", "event", "--type", "T", "--path", path]), "4\n");
  assertEquals(
    JSON.parse(await papyraOk(rotate(path, "--json"))),
    {
      schema: "papyra.rotation/v1",
      backend: "RotatingFilePersistence",
      store: path,
      segment: {
        path: `${path}.0000000000000004`,
        bytes: (await Deno.stat(`${path}.0000000000000004`)).size,
        first_seq: 4,
        last_seq: 4,
      },
    },
  );
  const metrics = await papyraOk(["metrics", "persistence", "--path", path]);
  assertStringIncludes(metrics, "rotations: 2\nrotation_errors: 0\n");
});

cliTest("rotate seals nothing where there is no numbered record", async (directory) => {
  const path = await storeOf(directory, []);
  const missing = await papyra(rotate(path));
  assertEquals([missing.code, missing.stdout], [0, NOTHING]);
  assertMatch(missing.stderr, /^papyra: there is no store at /);
  assertEquals((await papyra(rotate(path, "--require-store"))).code, 10);
  for (const content of ["", ORIGINAL]) {
    await Deno.writeTextFile(path, content);
    assertEquals(await papyraOk(rotate(path)), NOTHING);
    assertEquals(await Deno.readTextFile(path), content);
  }
  await Deno.writeTextFile(path, ORIGINAL);
  await papyraOk(["record", "event", "--type", "New", "--path", path]);
  assertMatch(await papyraOk(rotate(path)), /^ {2}seqs: 1 to 1$/m);
  assertEquals(await papyraOk(rotate(path)), NOTHING);
  assertEquals(JSON.parse(await papyraOk(rotate(path, "--json"))).segment, null);
});

cliTest(
  "rotate --quiet prints nothing, and a store without files is refused",
  async (directory) => {
    const path = await storeOf(directory, events(1));
    assertEquals(await papyraOk(rotate(path, "--quiet")), "");
    const { code, stderr } = await papyra(["persistence", "rotate", "--store", "memory:"]);
    assertEquals(code, 64);
    assertMatch(stderr, /^papyra: Cannot rotate memory:: InMemoryPersistence never seals a file$/m);
  },
);

cliTest("rotate says what to do where the segment's name is taken", async (directory) => {
  const path = await storeOf(directory, events(2));
  const taken = `${path}.0000000000000001`;
  await Deno.mkdir(taken);
  const before = await Deno.readFile(path);
  const { code, stdout, stderr } = await papyra(rotate(path));
  assertEquals([code, stdout], [74, ""]);
  assertEquals(
    stderr,
    `papyra: Cannot seal "${path}": the name of its segment, "${taken}", is taken; move that file away\n`,
  );
  assertEquals(await Deno.readFile(path), before);
  assertEquals((await Array.fromAsync(Deno.readDir(join(taken)))).length, 0);
  const metrics = await papyraOk(["metrics", "persistence", "--path", path]);
  assertStringIncludes(metrics, "rotations: 0\nrotation_errors: 1\n");
});

cliTest(
  "the original's rotating store is served as it stands, and goes on as ours",
  async (directory) => {
    const original = new URL("../fixtures/python-papyra-0.1.1/rotating/", import.meta.url);
    for await (const { name } of Deno.readDir(original)) {
      await Deno.copyFile(new URL(name, original), join(directory, name));
    }
    const path = join(directory, "events.ndjson");
    const inspected = await papyraOk(["persistence", "inspect", "--path", path]);
    assertMatch(inspected, /^backend: RotatingFilePersistence$/m);
    const records = JSON.parse(await papyraOk(["inspect", "records", "--path", path, "--json"]));
    assertEquals(records.records.length, 150);
    const record = ["record", "event", "--type", "New", "--rotate-records", "1", "--path", path];
    for (const seq of [1, 2]) assertEquals(await papyraOk(record), `${seq}\n`);
    assertEquals((await Deno.stat(`${path}.0000000000000001`)).isFile, true);
    const scan = JSON.parse(await papyraOk(["persistence", "scan", "--path", path, "--json"]));
    assertEquals([scan.foreign_lines, scan.records.event, scan.anomalies_total], [150, 109, 0]);
  },
);
