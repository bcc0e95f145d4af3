import { assert, assertEquals } from "../../_assert.ts";
import { watchMemory } from "../../_memory.ts";
import { cliTest, endOf, spawnPapyra } from "../_papyra.ts";
import { events, storeOf } from "../_stores.ts";

const LINE_BYTES = 100 * 1024 * 1024;
const MEMORY_BYTES_MAX = 250_000_000;

/** What can be done beside 100 MiB without a newline, and the exit codes. */
const COMMANDS: readonly (readonly [command: string, code: number])[] = [
  ["persistence scan", 2],
  ["inspect events", 0],
  ["record event --type After", 0],
  ["persistence compact --max-records 2", 0],
  ["persistence recover", 0],
  ["persistence scan", 0],
];

cliTest("100 MiB without a newline cost no more memory than other lines", async (directory) => {
  const path = await storeOf(directory, events(3));
  await appendLongLine(path);
  for (const [command, expected] of COMMANDS) {
    const child = spawnPapyra([...command.split(" "), "--path", path]);
    const peak = watchMemory(child.pid);
    await child.stdin.close();
    const { code, stderr } = await endOf(child);
    const peakBytes = peak();
    assertEquals(code, expected, `${command}: ${stderr}`);
    assert(peakBytes < MEMORY_BYTES_MAX, `papyra ${command} took ${peakBytes} bytes`);
  }
  const texts = (await Deno.readTextFile(path)).split("\n").map((line) => line.slice(0, 60));
  assertEquals(texts.filter((text) => text.includes('"event"')).length, 2);
});

async function appendLongLine(path: string): Promise<void> {
  const part = new Uint8Array(1024 * 1024).fill(0x78);
  using file = await Deno.open(path, { append: true });
  for (let bytes = 0; bytes < LINE_BYTES; bytes += part.length) await file.write(part);
}
