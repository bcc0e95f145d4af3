/** What takes few bytes to write must not take more memory, or time, than any other line. */

import { join } from "node:path";
import { assert, assertEquals } from "../_assert.ts";
import { watchMemory } from "../_memory.ts";
import { cliTest, endOf, spawnPapyra } from "../cli/command_line.ts";

// Deno itself takes some 100 MB, of which the executable has none.
const MEMORY_BYTES_MAX = Deno.env.get("PAPYRA_EXECUTABLE") ? 150_000_000 : 250_000_000;
const RECORD = '{"kind":"event","timestamp":1,"event_type":"T"}\n';
const MEBIBYTE = 1024 * 1024;
const LINE_BYTES = 15 * MEBIBYTE;

const READING: readonly (readonly [command: string, code: number])[] = [
  ["persistence scan", 2],
  ["persistence startup-check --mode fail_on_anomaly", 1],
  ["inspect events --json", 0],
];
const MENDING: readonly (readonly [command: string, code: number])[] = [
  ["record event --type After", 0],
  ["persistence compact --max-records 5", 0],
  ["persistence recover", 0],
  ["persistence scan", 0],
];

cliTest("a line of a gibibyte takes the memory of a short one", async (directory) => {
  const path = join(directory, "events.ndjson");
  await putHole(path, 1024 * MEBIBYTE);
  await expectModest("persistence scan", 2, path);
  await putHole(path, 64 * MEBIBYTE);
  for (const [command, code] of [...READING, ...MENDING]) await expectModest(command, code, path);
});

/** Lines that are within their length, and would take up to a hundred times that as values. */
const LINES: { readonly [what: string]: () => string } = {
  "brackets without end": () => "[".repeat(LINE_BYTES),
  "eight million levels": () =>
    record(`${"[".repeat(LINE_BYTES / 2)}${"]".repeat(LINE_BYTES / 2)}`),
  "a hundred thousand levels of objects": () =>
    record(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`),
  "a million members": () =>
    record(`{${Array.from({ length: 1_000_000 }, (_, index) => `"${index}":1`).join()}}`),
  "two million objects": () => record(`[${"{},".repeat(2_000_000)}{}]`),
};

for (const [what, line] of Object.entries(LINES)) {
  cliTest(`${what} in a line take the memory of any other line`, async (directory) => {
    const path = join(directory, "events.ndjson");
    const text = `${RECORD}${line()}\n${RECORD}`;
    for (const [command, code] of [...READING, ...MENDING]) {
      await Deno.writeTextFile(path, text);
      if (command !== "persistence scan" || code !== 0) await expectModest(command, code, path);
    }
    const other = join(directory, "ingested.ndjson");
    const { stdout, stderr } = await expectModest("ingest --skip-invalid", 0, other, text);
    assert(stdout.includes("2 records acknowledged"), stdout);
    assert(
      /Cannot read line 2: it holds more than 262144 values or 10000 levels/.test(stderr),
      stderr,
    );
  });
}

cliTest("three million empty lines take the memory of a few", async (directory) => {
  const path = join(directory, "events.ndjson");
  await Deno.writeTextFile(path, `${RECORD}${"\n".repeat(3_000_000)}${RECORD}`);
  for (
    const command of [
      "persistence scan",
      "inspect events --json --reverse",
      "persistence compact --max-records 1",
    ]
  ) {
    await expectModest(command, 0, path);
  }
});

cliTest(
  "a line of input that comes byte by byte takes the memory of its bytes",
  async (directory) => {
    const path = join(directory, "events.ndjson");
    const child = spawnPapyra(["ingest", "--path", path]);
    const peak = watchMemory(child.pid);
    const writer = child.stdin.getWriter();
    const dribble = new TextEncoder().encode("x");
    for (let count = 0; count < 20_000; count++) await writer.write(dribble);
    await writer.close().catch(() => {});
    assertEquals((await endOf(child)).code, 65);
    assert(peak() < MEMORY_BYTES_MAX);
  },
);

cliTest("what would be rubbish to show takes no more memory than other text", async (directory) => {
  const path = join(directory, "events.ndjson");
  await Deno.writeTextFile(path, RECORD.replace("T", "\\u001b".repeat(2_500_000)));
  const { stdout } = await expectModest("inspect events", 0, path);
  assertEquals(stdout.length, "[1.000] ".length + 10_000_000 + 2);
});

function record(payload: string): string {
  return `{"kind":"event","timestamp":1,"event_type":"T","payload":{"it":${payload}}}`;
}

/** A store with a line that is nothing but a hole: NULs that take no room on the disk. */
async function putHole(path: string, bytes: number): Promise<void> {
  await Deno.writeTextFile(path, RECORD);
  await Deno.truncate(path, RECORD.length + bytes);
  await Deno.writeTextFile(path, `\n${RECORD}`, { append: true });
}

async function expectModest(command: string, code: number, path: string, stdin = "") {
  const child = spawnPapyra([...command.split(" "), "--path", path]);
  const peak = watchMemory(child.pid);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
  await writer.close().catch(() => {});
  const result = await endOf(child);
  const peakBytes = peak();
  assertEquals([result.code, result.isKilled], [code, false], `${command}: ${result.stderr}`);
  assert(peakBytes < MEMORY_BYTES_MAX, `papyra ${command} took ${peakBytes} bytes`);
  return result;
}
