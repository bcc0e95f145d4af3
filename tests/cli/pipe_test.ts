import { join } from "node:path";
import { assertEquals, assertMatch } from "../_assert.ts";
import { LISTING_FORMATS } from "../../lib/cli/listing_format.ts";
import { cliTest, papyraCommand, papyraOk, spawnPapyra } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

async function stderrOf(child: Deno.ChildProcess): Promise<string> {
  return await new Response(child.stderr).text();
}

for (const form of [[], ["--json"], ["-o", "ndjson"], ["-o", "table"]]) {
  cliTest(`a listing ${form} stops quietly when nobody reads on`, async (directory) => {
    const path = await storeOf(directory, events(20_000));
    const child = spawnPapyra(["inspect", "events", "--path", path, ...form]);
    await child.stdin.close();
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    const [stderr, { code }] = await Promise.all([stderrOf(child), child.status]);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  });
}

for (const format of LISTING_FORMATS) {
  cliTest(`inspect -o ${format} | head -1 ends with 0 and in silence`, async (directory) => {
    const path = await storeOf(directory, events(20_000));
    const inspect = [...papyraCommand(), "inspect", "records", "--path", path, "-o", format];
    const script = 'set -o pipefail; "$@" | head -1';
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", script, "bash", ...inspect],
      env: { PAPYRA_STORE: "", PAPYRA_CONFIG: "", COLUMNS: "" },
    }).output();
    const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assertEquals({ code, error, lines: out!.split("\n").length }, { code: 0, error: "", lines: 2 });
  });
}

cliTest("ingest goes on when nobody reads its acknowledgements", async (directory) => {
  const path = join(directory, "events.ndjson");
  const child = spawnPapyra(["ingest", "--path", path, "--print-acks", "--quiet"]);
  const writer = child.stdin.getWriter();
  const line = new TextEncoder().encode('{"kind":"event"}\n');
  await writer.write(line);
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  for (let count = 0; count < 2000; count++) await writer.write(line);
  await writer.close();
  const [stderr, { code }] = await Promise.all([stderrOf(child), child.status]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const scan = JSON.parse(await papyraOk(["persistence", "scan", "--path", path, "--json"]));
  assertEquals(scan.records.event, 2001);
});

/** Commands whose work or verdict matters, with the exit codes that they have for a bad store. */
const COMMANDS: readonly (readonly [args: string, code: number])[] = [
  ["persistence scan", 2],
  ["doctor run", 1],
  ["persistence recover", 0],
  ["persistence compact --max-records 100", 0],
];

for (const [args, expected] of COMMANDS) {
  cliTest(`papyra ${args} ends with its own code when nobody reads`, async (directory) => {
    const path = await damagedStore(directory);
    const child = spawnPapyra([...args.split(" "), "--path", path, "--quiet"]);
    await Promise.all([child.stdin.close(), child.stdout.cancel(), child.stderr.cancel()]);
    assertEquals((await child.status).code, expected);
  });
}

Deno.test("output that cannot be written is exit code 74", async () => {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", '"$@" --help >/dev/full', "sh", ...papyraCommand()],
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stderr);
  assertEquals(code, 74);
  assertMatch(text, /^papyra: Cannot write the output: the disk is full; .*\(ENOSPC\)\n$/);
});
