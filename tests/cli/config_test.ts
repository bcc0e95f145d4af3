import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { events, storeOf } from "./_stores.ts";

function write(directory: string, config: unknown, name = "papyra.json"): Promise<void> {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  return Deno.writeTextFile(join(directory, name), text);
}

cliTest("flags come before the environment, that before the config file", async (directory) => {
  for (const name of ["flag", "env", "config"]) await storeOf(directory, [], `${name}.ndjson`);
  await write(directory, { store: "file:config.ndjson" });
  const storeOfRun = async (args: string[], env: Record<string, string>) => {
    const command = ["record", "event", "--type", "T", "--json", ...args];
    return JSON.parse(await papyraOk(command, { cwd: directory, env })).store;
  };
  const env = { PAPYRA_STORE: "file:env.ndjson" };
  assertMatch(await storeOfRun(["--path", "flag.ndjson"], env), /flag\.ndjson$/);
  assertMatch(await storeOfRun([], env), /env\.ndjson$/);
  assertMatch(await storeOfRun([], {}), /config\.ndjson$/);
});

cliTest("--config comes before PAPYRA_CONFIG, that before papyra.json", async (directory) => {
  const limits = { "papyra.json": 1, "env.json": 2, "flag.json": 3 };
  for (const [name, max_records] of Object.entries(limits)) {
    await write(directory, { store: "events.ndjson", retention: { max_records } }, name);
  }
  await storeOf(directory, events(5));
  const listed = async (args: string[], env: Record<string, string>) =>
    (await papyraOk(["inspect", "events", ...args], { cwd: directory, env })).trimEnd()
      .split("\n").length;
  const env = { PAPYRA_CONFIG: "env.json" };
  assertEquals(await listed(["--config", "flag.json"], env), 3);
  assertEquals(await listed([], env), 2);
  assertEquals(await listed([], {}), 1);
});

cliTest("a flag takes the place of the same limit of the config file only", async (directory) => {
  await write(directory, {
    store: "events.ndjson",
    durability: "os",
    retention: { max_records: 7, max_age_seconds: 1e9, by_kind: { audit: { max_records: 2 } } },
  });
  const args = ["persistence", "inspect", "--json", "--quiet", "--max-records", "5"];
  const read = async (...more: string[]) =>
    JSON.parse(await papyraOk([...args, ...more], { cwd: directory })).retention;
  assertEquals(await read(), {
    max_records: 5,
    max_age_seconds: 1e9,
    by_kind: { audit: { max_records: 2 } },
  });
  assertEquals(await read("--kind", "audit"), {
    max_records: 7,
    max_age_seconds: 1e9,
    by_kind: { audit: { max_records: 5 } },
  });
});

cliTest("rotation is configured, and flags take the place of its limits", async (directory) => {
  await write(directory, { store: "events.ndjson", rotation: { max_records: 2 } });
  const record = async (...flags: string[]) => {
    await papyraOk(["record", "event", "--type", "T", ...flags], { cwd: directory });
    return await segmentsIn(directory);
  };
  for (const expected of [[], [], [1], [1], [1, 3]]) assertEquals(await record(), expected);
  for (const expected of [[1, 3], [1, 3]]) {
    assertEquals(await record("--rotate-records", "3"), expected);
  }
  assertEquals(await record("--rotate-records", "1000", "--rotate-bytes", "100B"), [1, 3, 5]);
  assertEquals(await record("--rotate-age", "1d"), [1, 3, 5]);
  assertEquals(await record("--rotate-age", "1d"), [1, 3, 5, 8]);
  await write(directory, { store: "events.ndjson" });
  for (let count = 0; count < 3; count++) assertEquals(await record(), [1, 3, 5, 8]);
  const scan = await papyraOk(["persistence", "scan", "--json"], { cwd: directory });
  const { records, anomalies_total, backend } = JSON.parse(scan);
  assertEquals([records.event, anomalies_total, backend], [13, 0, "RotatingFilePersistence"]);
});

cliTest("flags rotate by themselves, with every command that records", async (directory) => {
  const stdin = '{"kind":"event"}\n'.repeat(5);
  await papyraOk(["ingest", "--path", "events.ndjson", "--rotate-records", "2"], {
    cwd: directory,
    stdin,
  });
  // One call's records stay together.
  assertEquals(await segmentsIn(directory), []);
  for (const kind of ["audit", "dead-letter"]) {
    const args = ["record", kind, "--path", "events.ndjson", "--rotate-records", "1"];
    await papyraOk([...args, ...(kind === "audit" ? [] : ["--type", "M"])], { cwd: directory });
  }
  assertEquals(await segmentsIn(directory), [1, 6]);
});

/** The numbers of the sealed segments of `events.ndjson`. */
async function segmentsIn(directory: string): Promise<number[]> {
  const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  return names.filter((name) => /^events\.ndjson\.\d+$/.test(name)).map((name) =>
    Number(name.slice(-16))
  ).sort((one, other) => one - other);
}

/** Configurations that cannot be used, and what is said of them. */
const MISTAKES: readonly (readonly [config: string, message: RegExp])[] = [
  ["{", /^papyra: Cannot read config file papyra\.json: /],
  ["[]", /it must hold an object/],
  ['{"stor": "a"}', /unknown key "stor"\. Did you mean "store"\?/],
  ['{"zzzz": 1}', /unknown key "zzzz", use store, durability, retention/],
  ['{"store": 5}', /key "store" must be a string that is not empty/],
  [
    '{"durability": "never"}',
    /key "durability" must be "always", "interval:<milliseconds>" or "os"/,
  ],
  ['{"retention": 5}', /key "retention" must be an object/],
  [
    '{"retention": {"max_record": 5}}',
    /unknown key "retention\.max_record"\. Did you mean "max_rec/,
  ],
  ['{"retention": {"max_records": "5"}}', /key "retention\.max_records" must be a whole number/],
  ['{"retention": {"max_records": 0.5}}', /key "retention\.max_records" must be a whole number/],
  ['{"retention": {"max_age_seconds": -1}}', /key "retention\.max_age_seconds" must be a number/],
  ['{"rotation": true}', /key "rotation" must be an object/],
  ['{"rotation": {"max_byte": 5}}', /unknown key "rotation\.max_byte"\. Did you mean "max_bytes"/],
  ['{"rotation": {"max_bytes": 0}}', /key "rotation\.max_bytes" must be a whole number from 1 up/],
  ['{"rotation": {"max_records": 1.5}}', /key "rotation\.max_records" must be a whole number/],
  [
    '{"rotation": {"max_age_seconds": "1d"}}',
    /"rotation\.max_age_seconds" must be a number from 1/,
  ],
  [
    '{"retention": {"by_kind": {"events": {}}}}',
    /"retention\.by_kind\.events"\. Did you mean "event"/,
  ],
  [
    '{"retention": {"by_kind": {"audit": {"by_kind": {}}}}}',
    /unknown key "retention\.by_kind\.audit\.by_kind"/,
  ],
];

for (const [config, message] of MISTAKES) {
  cliTest(`the config ${config} is refused with exit code 78`, async (directory) => {
    await write(directory, config);
    const args = ["persistence", "scan", "--path", "events.ndjson"];
    const { code, stdout, stderr } = await papyra(args, { cwd: directory });
    assertEquals({ code, stdout }, { code: 78, stdout: "" });
    assertStringIncludes(stderr, "config file papyra.json: ");
    assertMatch(stderr, message);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  });
}

cliTest("a named config file that is not there is exit code 78", async (directory) => {
  const { code, stderr } = await papyra(
    ["persistence", "scan", "--path", "a", "--config", "none.json"],
    { cwd: directory },
  );
  assertEquals(code, 78);
  assertMatch(stderr, /^papyra: Cannot read config file none\.json: .*ENOENT/);
});

cliTest("a config error is a JSON document too, with the file", async (directory) => {
  await write(directory, { stor: "a" });
  const args = ["persistence", "scan", "--json"];
  const { code, stdout, stderr } = await papyra(args, { cwd: directory });
  const { schema, code: name, exit_code, file } = JSON.parse(stdout);
  assertEquals([code, stderr, schema], [78, "", "papyra.error/v1"]);
  assertEquals([name, exit_code, file], ["INVALID_CONFIG", 78, "papyra.json"]);
});
