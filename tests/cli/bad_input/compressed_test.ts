import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../_assert.ts";
import { watchMemory } from "../../_memory.ts";
import { cliTest, endOf, papyra, papyraOk, spawnPapyra } from "../_papyra.ts";
import { events, storeOf } from "../_stores.ts";

const MEMORY_BYTES_MAX = 250_000_000;
const MIB = 1024 * 1024;

/** Files that would hold half a GiB. */
const BOMBS: { readonly [suffix: string]: () => Uint8Array } = {
  ".gz": gzipBomb,
  ".zst": zstdBomb,
};

/** What can be done beside them, and the exit codes. */
const COMMANDS: readonly (readonly [command: string, code: number])[] = [
  ["persistence scan", 2],
  ["inspect events", 0],
  ["persistence compact --max-records 1", 0],
  ["persistence recover", 0],
];

for (const [suffix, bomb] of Object.entries(BOMBS)) {
  cliTest(
    `a segment ${suffix} that would hold half a GiB is told, and costs no memory`,
    async (directory) => {
      const { path, segment } = await segmentedStore(directory);
      await Deno.remove(segment);
      await Deno.writeFile(segment + suffix, bomb());
      for (const [command, expected] of COMMANDS) {
        const child = spawnPapyra([...command.split(" "), "--path", path]);
        const peak = watchMemory(child.pid);
        await child.stdin.close();
        const { code, stdout, stderr } = await endOf(child);
        const peakBytes = peak();
        assertEquals(code, expected, `${command}: ${stderr}`);
        assert(peakBytes < MEMORY_BYTES_MAX, `papyra ${command} took ${peakBytes} bytes`);
        if (command.endsWith("scan")) assertMatch(stdout, /UNEXPECTED_FILE: .*holds more than/);
      }
      assertEquals(await Deno.readFile(segment + suffix), bomb());
    },
  );
}

cliTest(
  "a segment that an operator compressed is read, and ours by the operator's tools",
  async (directory) => {
    const { path, segment } = await segmentedStore(directory);
    const content = await Deno.readFile(segment);
    await run("gzip", segment);
    await papyraOk(["persistence", "scan", "--path", path]);
    const listed = await papyraOk(["inspect", "events", "--path", path]);
    assertEquals(listed.trimEnd().split("\n").length, 9);
    await run("gunzip", `${segment}.gz`);
    await papyraOk(["persistence", "compact", "--path", path, "--compress", "gzip"]);
    assertEquals(await run("gzip", "-dc", `${segment}.gz`), content);
  },
);

cliTest(
  "a compressed segment with a broken end is told, mended, and kept as it was",
  async (directory) => {
    const { path, segment } = await segmentedStore(directory);
    await papyraOk(["persistence", "compact", "--path", path, "--compress", "gzip"]);
    const broken = (await Deno.readFile(`${segment}.gz`)).slice(0, -7);
    await Deno.writeFile(`${segment}.gz`, broken);
    const { code, stdout } = await papyra(["persistence", "scan", "--path", path]);
    assertEquals(code, 2);
    assertStringIncludes(stdout, "the compressed file's end is damaged");
    assertStringIncludes(stdout, `${segment}.gz`);
    const { kept, after } = JSON.parse(
      await papyraOk(["persistence", "recover", "--path", path, "--json"]),
    );
    assertEquals([await Deno.readFile(kept[0]), after.healthy], [broken, true]);
    const listed = await papyraOk(["inspect", "events", "--path", path]);
    assertEquals(listed.trimEnd().split("\n").length, 9);
  },
);

/** Three records in each of two segments and in the active file; the first of the segments. */
async function segmentedStore(directory: string) {
  const path = join(directory, "events.ndjson");
  for (let count = 0; count < 2; count++) {
    await storeOf(directory, events(3));
    await papyraOk(["persistence", "rotate", "--path", path]);
  }
  await storeOf(directory, events(3));
  return { path, segment: `${path}.0000000000000001` };
}

async function run(command: string, ...args: string[]): Promise<Uint8Array> {
  const { code, stdout } = await new Deno.Command(command, { args }).output();
  assertEquals(code, 0, command);
  return stdout;
}

function gzipBomb(): Uint8Array {
  const member = gzipSync(new Uint8Array(32 * MIB));
  return Uint8Array.from({ length: 16 * member.length }, (_, at) => member[at % member.length]!);
}

/** A frame of blocks that say "128 KiB of this byte", four bytes each. */
function zstdBomb(): Uint8Array {
  const [blockBytes, blocks] = [MIB / 8, 4 * 1024];
  const frame = new Uint8Array(6 + 4 * blocks);
  // The magic number, a descriptor that promises nothing, and a window as large as a block.
  frame.set([0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3]);
  for (let block = 0; block < blocks; block++) {
    const header = (blockBytes << 3) | (1 << 1) | (block === blocks - 1 ? 1 : 0);
    frame.set([header, header >> 8, header >> 16, 0x0a], 6 + 4 * block);
  }
  return frame;
}
