/** Numbers that somebody made up: none is ever given twice, rounded, or waited for. */

import { join } from "node:path";
import { crc32 } from "node:zlib";
import { JsonFilePersistence } from "../../mod.ts";
import { assert, assertEquals, assertMatch } from "../_assert.ts";
import { cliTest } from "../cli/command_line.ts";
import { run, runSoundly } from "./_command.ts";

const MAX = Number.MAX_SAFE_INTEGER;

function sealed(fields: string): string {
  return `${fields},"crc":"${crc32(fields).toString(16).padStart(8, "0")}"}\n`;
}

function recordOf(seq: bigint): string {
  return sealed(`{"kind":"event","timestamp":1,"event_type":"T","seq":${seq}`);
}

function checkpointOf(to: number, count = 0, version = 1): string {
  return sealed(
    `{"kind":"checkpoint","timestamp":1,"version":${version},"from":1,"to":${to},"count":${count},"seqs_crc":"00000000","foreign":${count}`,
  );
}

/** Stores with numbers that leave room for so many records more. */
const STORES: readonly (readonly [what: string, content: string, room: number])[] = [
  ["a record with the last number", recordOf(BigInt(MAX)), 0],
  ["a record with the last number but two", recordOf(BigInt(MAX - 2)), 2],
  ["a record with a number that is not exact", recordOf(BigInt(MAX) + 3n), Infinity],
  ["a record with a number of forty digits", recordOf(10n ** 40n), Infinity],
  ["a checkpoint up to the last number", checkpointOf(MAX), 0],
  ["a checkpoint of as many records as there are numbers", checkpointOf(5, MAX), Infinity],
  ["a newer version's checkpoint", checkpointOf(5, 0, MAX), 0],
];

for (const [what, content, room] of STORES) {
  cliTest(`behind ${what} no number is given twice`, async (directory) => {
    const path = join(directory, "events.ndjson");
    await Deno.writeTextFile(path, content);
    const given: string[] = [];
    for (let count = 0; count < 4; count++) {
      const { code, stdout } = await runSoundly("record", "event", "--type", "T", "--path", path);
      if (code === 0) given.push(stdout.trim());
      else assertEquals(code, 74);
    }
    assertEquals(given.length, Math.min(room, 4));
    assertEquals(new Set(given).size, given.length);
    assert(given.every((seq) => Number.isSafeInteger(Number(seq))), given.join());
    await using store = new JsonFilePersistence(path);
    const seqs = (await store.listEvents()).map(({ seq }) => String(seq));
    for (const seq of given) assert(seqs.includes(seq), `${seq} of ${seqs}`);
  });
}

cliTest(
  "what one compaction writes the next run can read, whatever was missing",
  async (directory) => {
    // What a newer version wrote is not touched.
    for (const [index, [what, content]] of STORES.slice(0, -1).entries()) {
      const path = join(directory, `${index}.ndjson`);
      await Deno.writeTextFile(path, content + recordOf(7n) + recordOf(BigInt(MAX)));
      for (const command of ["compact --max-records 1", "recover", "compact --max-records 0"]) {
        await runSoundly("persistence", ...command.split(" "), "--path", path);
      }
      const { stdout } = await run("persistence", "scan", "--path", path);
      assert(!/UNKNOWN_KIND|SEQUENCE_GAP/.test(stdout), `${what}: ${stdout}`);
    }
  },
);

cliTest("a state that somebody made up uses up no number in silence", async (directory) => {
  const path = join(directory, "events.ndjson");
  const sidecar = join(directory, ".events.ndjson.papyra");
  await Deno.mkdir(sidecar, { mode: 0o700 });
  await Deno.writeTextFile(path, '{"kind":"event"}\n');
  for (const durable of [String(MAX), "1e300", "-1", "1.5", '"9"', "null", "[]"]) {
    const state = `{"format_version":1,"durable_seq":${durable}}\n`;
    await Deno.writeTextFile(join(sidecar, "state.json"), state);
    const { code, stderr } = await runSoundly("record", "event", "--type", "T", "--path", path);
    assertEquals(code, durable === String(MAX) ? 74 : 0, durable);
    if (code !== 0) assertMatch(stderr, /numbers are used up; .* nothing was written/);
  }
});

cliTest("times and counts of any size are shown as they are", async (directory) => {
  const path = join(directory, "events.ndjson");
  const times = ["1e308", "-1e308", "1e22", "8640000000001", "-0", "5e-324"];
  const lines = times.flatMap((time) => [
    `{"kind":"event","timestamp":${time}}`,
    `{"kind":"audit","timestamp":${time},"total_actors":${time},"registry_size":-1e308}`,
  ]);
  await Deno.writeTextFile(path, lines.map((line) => `${line}\n`).join(""));
  for (const format of ["text", "json", "ndjson", "table"]) {
    const { code, stdout } = await run("inspect", "records", "--output", format, "--path", path);
    assertEquals(code, 0);
    assert(stdout.split("\n").length >= lines.length);
  }
  for (
    const command of ["inspect summary", "persistence scan", "persistence compact --max-age 1s"]
  ) {
    assertEquals((await run(...command.split(" "), "--path", path)).code, 0);
  }
});
