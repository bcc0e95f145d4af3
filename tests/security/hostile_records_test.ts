/** What records say is anybody's choice: it can neither drive a terminal nor pass for what papyra says. */

import { join } from "node:path";
import { assert, assertEquals } from "../_assert.ts";
import { cliTest, papyra, storeOf } from "../cli/command_line.ts";
import { runSoundly } from "./_command.ts";
import { isHarmless } from "./_terminal_safe.ts";

/** Sentences of papyra's own, which no record may say on a line of their own. */
const FORGED = ["Persistence is healthy", "Recovery completed", '{"healthy":true}', "papyra: fine"];
const EVIL = [
  `x\n${FORGED.join("\r\n")}\n`,
  "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x1bP+q\x1b\\\x9b31m\x9d0;x\x9c\x08\x7f\0",
  "\u202e\u2066\u061c\u200f\u2028\u2029\x85",
  "\ud800\udfff\udc00 lone \ud83d",
].join("");
const WITH_EVIL = { [EVIL]: [EVIL, { [EVIL]: EVIL }] };
const RECORDS = [
  { kind: "event", event_type: EVIL, actor_address: EVIL, system_id: EVIL, payload: WITH_EVIL },
  { kind: "event", event_type: EVIL, actor_address: { system: EVIL, actor_id: EVIL } },
  { kind: "audit", system_id: EVIL, registry_orphans: [EVIL], registry_dead: [EVIL] },
  { kind: "dead_letter", message_type: EVIL, target: EVIL, payload: EVIL, system_id: EVIL },
  { kind: "dead_letter", message_type: EVIL, target: { system: EVIL, actor_id: EVIL } },
];

/** Every way to show records, with the lines that it takes. */
const VIEWS: readonly (readonly [command: string, lines: number])[] = [
  ["inspect events", 2],
  ["inspect events -o table", 3],
  ["inspect events -o ndjson", 2],
  ["inspect events --json", 4],
  ["inspect audits", 1],
  ["inspect audits -o table", 2],
  ["inspect dead-letters", 2],
  ["inspect dead-letters -o table", 3],
  ["inspect records", 5],
  ["inspect records -o table", 6],
  ["inspect records -o ndjson", 5],
  ["inspect summary", 3],
  ["inspect summary --json", 1],
];

cliTest("records that were recorded show on their lines, and harm nobody", async (directory) => {
  const path = join(directory, "events.ndjson");
  const { code, stderr } = await papyra(["ingest", "--path", path], { stdin: linesOf(RECORDS) });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  await expectHarmless(path);
});

cliTest(
  "records that another tool wrote show on their lines, and harm nobody",
  async (directory) => {
    const path = join(directory, "events.ndjson");
    await Deno.writeTextFile(path, linesOf(RECORDS));
    await expectHarmless(path);
  },
);

cliTest("a lone half of a character is shown as what stands for it", async (directory) => {
  const path = join(directory, "events.ndjson");
  await Deno.writeTextFile(path, '{"kind":"event","event_type":"a\\ud83dz"}\n');
  assertEquals((await papyra(["inspect", "events", "--path", path])).stdout, "[None] a\ufffdz \n");
});

/** Lines that are damaged, unknown, newer or not one's own, all of them evil. */
const DAMAGED: readonly string[] = [
  EVIL,
  `{"kind":"event","event_type":"${EVIL}`,
  JSON.stringify({ kind: EVIL }),
  JSON.stringify({ kind: EVIL, seq: 1, crc: EVIL }),
  JSON.stringify({ kind: "event", seq: EVIL, crc: "00000000" }),
  JSON.stringify({ kind: "checkpoint", crc: EVIL, to: EVIL }),
  JSON.stringify([EVIL]),
  `{"kind":"event","payload":{"${EVIL}":NaN}}`,
];

cliTest(
  "damage says nothing in its own words, neither when found nor when removed",
  async (directory) => {
    const path = await storeOf(directory, [{ kind: "event", eventType: "T" }]);
    await Deno.writeTextFile(path, DAMAGED.map((line) => `${line}\n`).join(""), { append: true });
    for (const command of ["scan", "recover --dry-run", "compact", "recover", "history"]) {
      for (const json of [[], ["--json"]]) {
        const args = ["persistence", ...command.split(" "), ...json];
        const { stdout, stderr } = await runSoundly(...args, "--path", path);
        assert(isHarmless(stdout) && isHarmless(stderr), stdout + stderr);
        if (command !== "recover" && command !== "compact") expectUnforged(stdout, []);
        if (json.length > 0) JSON.parse(stdout);
      }
    }
  },
);

cliTest("input that is refused says why in papyra's words", async (directory) => {
  const path = join(directory, "events.ndjson");
  const long = "\x1b]0;".repeat(1_000_000);
  const number = `{"kind":"event","payload":{${JSON.stringify(long)}:1e999}}`;
  const lines = [...DAMAGED.map((text) => text.replaceAll("\n", "\r")), long, number];
  const runs = [["--skip-invalid", lines.join("\n")], ["--json", long], [
    "--json",
    number,
  ]] as const;
  for (const [option, stdin] of runs) {
    const { stdout, stderr } = await papyra(["ingest", "--path", path, option], { stdin });
    assert(isHarmless(stdout) && isHarmless(stderr), stdout + stderr);
    assert(stdout.length + stderr.length < 5000, `${stdout.length} and ${stderr.length} long`);
    expectUnforged(stdout + stderr, []);
  }
});

async function expectHarmless(path: string): Promise<void> {
  for (const [command, lines] of VIEWS) {
    const { code, stdout, stderr } = await runSoundly(...command.split(" "), "--path", path);
    assertEquals({ code, stderr }, { code: 0, stderr: "" }, command);
    assert(isHarmless(stdout), `${command}: ${JSON.stringify(stdout)}`);
    assertEquals(stdout.trimEnd().split("\n").length, lines, `${command}: ${stdout}`);
    expectUnforged(stdout, []);
  }
  const { stdout } = await runSoundly("inspect", "records", "-o", "ndjson", "--path", path);
  const [first] = stdout.split("\n").map((line) => line && JSON.parse(line));
  assertEquals([first.event_type, first.payload], [EVIL, WITH_EVIL], "what it means is kept");
  const scan = await runSoundly("persistence", "scan", "--path", path);
  expectUnforged(scan.stdout, ["Persistence is healthy"]);
}

/** No line is one of the forged ones but those that papyra says itself. */
function expectUnforged(text: string, own: readonly string[]): void {
  const forged = text.split(/[\n\r\u2028\u2029\x85]/).filter((line) => FORGED.includes(line));
  assertEquals(forged, own);
}

function linesOf(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}
