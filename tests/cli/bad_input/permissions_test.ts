import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "../../_assert.ts";
import { papyraOk } from "../_papyra.ts";
import { events, storeOf } from "../_stores.ts";
import { Unprivileged } from "./_unprivileged.ts";

const LINE = '{"kind":"event"}\n';
const DENIED = /permission denied; run as the owner of the store, or give it read and write access/;

const READING = [
  "inspect events",
  "inspect summary",
  "persistence inspect",
  "persistence history",
  "persistence scan",
  "doctor run",
  "persistence recover --dry-run",
  "persistence compact --max-records 1 --dry-run",
  "metrics persistence",
];
const WRITING = ["record event --type T", "ingest"];
const MAINTAINING = [
  "persistence compact --max-records 1",
  "persistence recover",
  "metrics reset",
];

type Modes = readonly [directory: number, store: number, sidecar: number, filesInIt: number];

const USUAL_MODES: Modes = [0o755, 0o600, 0o700, 0o600];

/** A store of somebody without rights, in the state that a test puts it into. */
interface Place {
  readonly name: string;
  readonly modes: Modes;
  readonly works: readonly string[];
  readonly isDenied: readonly string[];
}

const PLACES: readonly Place[] = [
  {
    name: "an unreadable store",
    modes: [0o755, 0o000, 0o700, 0o600],
    works: [],
    isDenied: ["inspect events", "persistence scan", "doctor run", ...WRITING, MAINTAINING[0]!],
  },
  {
    name: "a store that may only be read",
    modes: [0o555, 0o400, 0o500, 0o400],
    works: READING,
    isDenied: [...WRITING, ...MAINTAINING],
  },
  {
    name: "a store in a read-only directory",
    modes: [0o555, 0o600, 0o500, 0o400],
    works: [...READING, ...WRITING],
    isDenied: MAINTAINING,
  },
  {
    name: "a store whose sidecar is unreadable",
    modes: [0o755, 0o600, 0o000, 0o000],
    works: ["inspect events", "persistence inspect"],
    isDenied: ["persistence scan", ...MAINTAINING],
  },
  {
    name: "a directory that may not be entered",
    modes: [0o000, 0o600, 0o700, 0o600],
    works: [],
    isDenied: ["inspect events", "persistence scan", ...WRITING, ...MAINTAINING],
  },
];

Deno.test("without the rights, commands do what can be done and say what cannot", async (test) => {
  await using user = await Unprivileged.create();
  for (const place of PLACES) {
    await test.step(place.name, async () => {
      const directory = join(user.directory, place.name);
      await Deno.mkdir(directory);
      const path = await storeOf(directory, events(3));
      // So that there is a history, and every file of a sidecar.
      await papyraOk(["persistence", "compact", "--path", path, "--max-records", "2", "--quiet"]);
      await user.own(directory);
      const before = await Deno.readTextFile(path);
      await setModes(directory, path, place.modes);
      try {
        for (const command of place.isDenied) await expectDenied(user, command, path);
        for (const command of place.works) await expectDone(user, command, path);
      } finally {
        await setModes(directory, path, USUAL_MODES);
      }
      assertStringIncludes(await Deno.readTextFile(path), before);
      await papyraOk(["persistence", "scan", "--path", path]);
    });
  }
});

Deno.test("maintenance leaves a store to its owner, with its mode, whoever runs it", async () => {
  await using user = await Unprivileged.create();
  const directory = join(user.directory, "store");
  await Deno.mkdir(directory);
  await user.own(directory);
  const path = join(directory, "events.ndjson");
  const record = ["record", "event", "--type", "T", "--path", path];
  for (let count = 0; count < 3; count++) assertEquals((await user.papyra(record)).code, 0);
  await Deno.chmod(path, 0o640);
  const { uid, gid } = await Deno.stat(path);
  // By whoever runs the tests: often root, as cron is.
  await papyraOk(["persistence", "compact", "--path", path, "--max-records", "2"]);
  await Deno.writeTextFile(path, "junk\n", { append: true });
  await papyraOk(["persistence", "recover", "--path", path]);
  const after = await Deno.stat(path);
  assertEquals([after.uid, after.gid, after.mode! & 0o777], [uid, gid, 0o640]);
  assertEquals(await user.papyra(record), { code: 0, stdout: "5\n", stderr: "" });
  for (const command of ["scan", "history", "compact"]) {
    const { code, stderr } = await user.papyra(["persistence", command, "--path", path, "--quiet"]);
    assertEquals(code, 0, stderr);
  }
});

async function setModes(directory: string, path: string, modes: Modes): Promise<void> {
  const [ofDirectory, ofStore, ofSidecar, ofFiles] = modes;
  const sidecar = join(directory, ".events.ndjson.papyra");
  // Nobody but root can look into what may not be entered.
  await Deno.chmod(directory, 0o700);
  await Deno.chmod(sidecar, 0o700);
  for await (const { name } of Deno.readDir(sidecar)) {
    await Deno.chmod(join(sidecar, name), ofFiles);
  }
  await Deno.chmod(sidecar, ofSidecar);
  await Deno.chmod(path, ofStore);
  await Deno.chmod(directory, ofDirectory);
}

async function expectDenied(user: Unprivileged, command: string, path: string): Promise<void> {
  const { code, stdout, stderr } = await user.papyra([...command.split(" "), "--path", path], LINE);
  assertEquals({ code, stdout }, { code: 74, stdout: "" }, `${command}: ${stderr}`);
  assertMatch(stderr, DENIED, command);
  assertEquals(stderr.trimEnd().split("\n").length, 1, `${command}: ${stderr}`);
}

async function expectDone(user: Unprivileged, command: string, path: string): Promise<void> {
  const { code, stderr } = await user.papyra([...command.split(" "), "--path", path], LINE);
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, command);
}
