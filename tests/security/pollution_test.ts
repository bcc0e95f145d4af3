/** Names that every object inherits are names like others: in records, files, options and addresses. */

import { join } from "node:path";
import { InMemoryPersistence, JsonFilePersistence } from "../../mod.ts";
import { assertEquals, assertMatch } from "../_assert.ts";
import { cliTest, papyra, papyraOk } from "../cli/command_line.ts";
import { run, runSoundly } from "./_command.ts";

const INHERITED = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
];
// Parsed, since in a literal some of these names would mean something else.
const PAYLOAD = JSON.parse(
  `{${INHERITED.map((name) => `"${name}":{"polluted":true,"${name}":["${name}"]}`).join()}}`,
);

function pollutedTest(name: string, body: (directory: string) => Promise<void>): void {
  cliTest(name, async (directory) => {
    const before = inheritedNow();
    await body(directory);
    assertEquals(inheritedNow(), before);
  });
}

/** What every object inherits by now. */
function inheritedNow(): string {
  return [Object.prototype, Array.prototype, Function.prototype, Map.prototype]
    .map((prototype) => Reflect.ownKeys(prototype).map(String).sort().join()).join("\n");
}

pollutedTest("records keep such names, whatever they stand for", async (directory) => {
  const path = join(directory, "events.ndjson");
  for (const store of [new JsonFilePersistence(path), new InMemoryPersistence()]) {
    await using opened = store;
    for (const name of INHERITED) {
      await opened.recordEvent({
        eventType: name,
        actorAddress: name,
        systemId: name,
        payload: PAYLOAD,
      });
    }
    const events = await opened.listEvents();
    assertEquals(events.map(({ eventType }) => eventType), INHERITED);
    for (const { payload } of events) {
      assertEquals(JSON.stringify(payload), JSON.stringify(PAYLOAD));
    }
    assertEquals((await opened.listEvents({ type: "__proto__" })).length, 1);
    assertEquals((await opened.listEvents({ actor: "constructor" })).length, 1);
  }
});

pollutedTest("input and output keep them", async (directory) => {
  const path = join(directory, "events.ndjson");
  const line = `{"kind":"event","payload":${
    JSON.stringify(PAYLOAD)
  },"__proto__":{"kind":"audit"}}\n`;
  await papyraOk(["ingest", "--path", path], { stdin: line });
  await Deno.writeTextFile(path, line, { append: true });
  const shown = await run("inspect", "events", "--output", "ndjson", "--path", path);
  const records = shown.stdout.trimEnd().split("\n").map((text) => JSON.parse(text));
  assertEquals(
    records.map(({ payload }) => JSON.stringify(payload)),
    Array(2).fill(JSON.stringify(PAYLOAD)),
  );
  assertEquals((await run("persistence", "scan", "--path", path)).code, 0);
});

pollutedTest("kinds, fields and numbers of such names are none", async (directory) => {
  const path = join(directory, "events.ndjson");
  const kinds = INHERITED.map((name) => `{"kind":"${name}","timestamp":"${name}","seq":"${name}"}`);
  const bare = INHERITED.map((name) => `{"kind":"${name}"}`);
  const inheriting = `{"__proto__":{"kind":"event","seq":1,"crc":"00000000"}}`;
  const lines = [...kinds, ...bare, inheriting];
  await Deno.writeTextFile(path, lines.map((line) => `${line}\n`).join(""));
  const { stdout } = await run("persistence", "scan", "--json", "--path", path);
  const { anomaly_counts, records } = JSON.parse(stdout);
  assertEquals(anomaly_counts, { CHECKSUM_MISMATCH: 6, UNKNOWN_KIND: 6, NOT_A_RECORD: 1 });
  assertEquals(records, { event: 0, audit: 0, dead_letter: 0 });
  for (const line of lines) {
    assertEquals((await papyra(["ingest", "--path", path], { stdin: line })).code, 65, line);
  }
});

pollutedTest("files in the sidecar say nothing by such names", async (directory) => {
  const path = join(directory, "events.ndjson");
  await papyraOk(["record", "event", "--type", "T", "--path", path]);
  const sidecar = join(directory, ".events.ndjson.papyra");
  const inherited = `"__proto__":{"durable_seq":99,"format_version":99,"records_written":99}`;
  for (const name of ["state.json", "metrics.json"]) {
    await Deno.writeTextFile(join(sidecar, name), `{${inherited},"constructor":1,"toString":2}\n`);
  }
  const receipt = `{"receipt":"__proto__","id":"__proto__","at":1,${inherited}}`;
  const intent = receipt.replace('"__proto__"', '"intent"');
  await Deno.writeTextFile(join(sidecar, "receipts.ndjson"), `${receipt}\n${intent}\n`);
  assertEquals(await papyraOk(["record", "event", "--type", "T", "--path", path]), "2\n");
  const metrics = await papyraOk(["metrics", "persistence", "--path", path]);
  assertMatch(metrics, /^records_written: 1$/m);
  for (const command of ["recover", "compact", "history", "scan"]) {
    assertEquals((await runSoundly("persistence", command, "--path", path)).code, 0);
  }
});

pollutedTest(
  "options, commands, choices and stores of such names are unknown",
  async (directory) => {
    const path = join(directory, "events.ndjson");
    for (const name of ["_", ...INHERITED]) {
      const lines = [
        [name],
        ["inspect", name],
        ["completions", name],
        [`-${name}`],
        ["persistence", "scan", "--path", path, `--${name}`],
        ["persistence", "scan", "--path", path, `--${name}.polluted=true`],
        ["persistence", "recover", "--path", path, "--mode", name],
        ["inspect", "events", "--path", path, "--output", name],
        ["inspect", "events", "--path", path, "--max-records", "1", "--kind", name],
        ["record", "event", "--path", path, "--type", "T", "--durability", name],
      ];
      for (const line of lines) assertEquals((await runSoundly(...line)).code, 64, line.join(" "));
    }
    // Of schemes, case does not matter: this is the one that would be found.
    assertEquals((await runSoundly("persistence", "scan", "--store", "constructor:x")).code, 64);
  },
);
