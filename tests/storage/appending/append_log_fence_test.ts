import { join } from "node:path";
import { PapyraError } from "../../../lib/errors.ts";
import { encodeCheckpoint } from "../../../lib/storage/lines/checkpoint.ts";
import { classifyLine } from "../../../lib/storage/lines/line_classifier.ts";
import { assert, assertEquals, assertRejects } from "../../_assert.ts";
import { tempTest } from "../../_temp.ts";
import { json, jsons, openLog, sidecarOf } from "./append_logs.ts";
import { failing, HookedFileSystem } from "../hooked_file_system.ts";
import { bytesOf, eventLine, foreignLine } from "../lines.ts";

/** The lines of a file, each as its number where it is accepted, else as its state. */
async function linesOf(path: string): Promise<(number | string)[]> {
  const lines = (await Deno.readTextFile(path)).split("\n");
  assertEquals(lines.pop(), "", "the file ends in a newline");
  return lines.map((line) => {
    const { state, seq } = classifyLine(bytesOf(line));
    return seq !== null && state !== "damaged" ? seq : state;
  });
}

const WHOLE = eventLine(5);

/** What stands in a file, and the lines behind which one more record stands afterwards. */
const TAILS: readonly (readonly [name: string, content: string, lines: (number | string)[]])[] = [
  ["an intact tail", `${WHOLE}\n`, [5, 6]],
  ["an intact tail without its newline", WHOLE, [5, 6]],
  ["a torn tail, whose number is not used again", `${WHOLE}\n${WHOLE.slice(0, 30)}`, [
    5,
    "damaged",
    7,
  ]],
  ["a tail of NULs", `${WHOLE}\n\0\0\0`, [5, "damaged", 7]],
  ["a line of the original without its newline", foreignLine(1), ["foreign", 1]],
  ["a torn line of the original", `${foreignLine(1)}\n${foreignLine(2).slice(0, 9)}`, [
    "foreign",
    "damaged",
    2,
  ]],
  ["blank lines", "\n\n", ["blank", "blank", 1]],
  ["an empty file", "", [1]],
];

for (const [name, content, lines] of TAILS) {
  tempTest(`a writer goes on behind ${name}`, async (directory) => {
    const path = join(directory, "log");
    await Deno.writeTextFile(path, content);
    await using log = openLog(path);
    await log.append([json(1)]);
    assertEquals(await linesOf(path), lines);
    assert((await Deno.readTextFile(path)).startsWith(content), "nothing is removed by writing");
  });
}

tempTest("what others leave between two batches is fenced off too", async (directory) => {
  const path = join(directory, "log");
  await using log = openLog(path);
  await log.append([json(1)]);
  await Deno.writeTextFile(path, '{"kind":"event","timest', { append: true });
  await log.append([json(2)]);
  await Deno.writeTextFile(path, foreignLine(1), { append: true });
  await log.append([json(3)]);
  assertEquals(await linesOf(path), [1, "damaged", 3, "foreign", 4]);
});

tempTest("a change of the same size is noticed", async (directory) => {
  const path = join(directory, "log");
  await using log = openLog(path);
  await log.append([json(1)]);
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, `${text.slice(0, -1)}x`);
  await log.append([json(2)]);
  // What stands behind the first record may have been one.
  assertEquals(await linesOf(path), ["damaged", 3]);
});

tempTest("many logs of one file give every number once", async (directory) => {
  const path = join(directory, "log");
  const logs = Array.from({ length: 4 }, () => openLog(path, { durability: "os" }));
  const answers = await Promise.all(
    jsons(400).map((record, index) => logs[index % 4]!.append([record])),
  );
  for (const log of logs) await log.close();
  const seqs = answers.map(({ firstSeq }) => firstSeq).sort((one, other) => one - other);
  assertEquals(seqs, Array.from({ length: 400 }, (_, index) => index + 1));
  assertEquals(await linesOf(path), seqs);
});

/** What can happen to a file while a writer has it open. */
const REPLACEMENTS: readonly {
  readonly name: string;
  readonly replace: (path: string) => Promise<void>;
  readonly lines: (number | string)[];
}[] = [
  {
    name: "renamed away",
    replace: (path) => Deno.rename(path, `${path}.1`),
    lines: [4],
  },
  { name: "removed", replace: (path) => Deno.remove(path), lines: [4] },
  { name: "cut to nothing", replace: (path) => Deno.truncate(path), lines: [4] },
  {
    name: "replaced by a copy",
    replace: async (path) => {
      await Deno.copyFile(path, `${path}.copy`);
      await Deno.rename(`${path}.copy`, path);
    },
    lines: [1, 2, 3, 4],
  },
  {
    name: "replaced by a compacted one",
    replace: async (path) => {
      const checkpoint = { version: 1, from: 1, to: 50, count: 0, seqsCrc: 0, foreign: 0 };
      await Deno.writeTextFile(`${path}.new`, `${encodeCheckpoint(checkpoint, 1)}\n`);
      await Deno.rename(`${path}.new`, path);
    },
    lines: ["intact", 51],
  },
];

for (const { name, replace, lines } of REPLACEMENTS) {
  tempTest(
    `a writer whose file is ${name} goes on in the file that has the name`,
    async (directory) => {
      const path = join(directory, "log");
      await using log = openLog(path);
      await log.append(jsons(3));
      await replace(path);
      await log.append([json(4)]);
      assertEquals(await linesOf(path), lines);
    },
  );
}

tempTest("what others wrote to a file that is gone by now keeps its numbers", async (directory) => {
  const path = join(directory, "log");
  await using log = openLog(path);
  await using other = openLog(path);
  await log.append(jsons(2));
  await other.append(jsons(3));
  await Deno.rename(path, join(directory, "moved"));
  await log.append([json(6)]);
  await other.append([json(7)]);
  assertEquals(await linesOf(path), [6, 7]);
});

tempTest(
  "a file in place of another is adopted before its first record is told",
  async (directory) => {
    const path = join(directory, "log");
    const disk = new HookedFileSystem();
    await using log = openLog(path, { fileSystem: disk, durability: "os" });
    await log.append([json(1)]);
    await Deno.remove(path);
    const before = disk.count("syncDirectory");
    await log.append([json(2)]);
    assertEquals(disk.count("syncDirectory"), before + 1);
  },
);

tempTest(
  "what was told and not yet synced is synced before its file is let go of",
  async (directory) => {
    const path = join(directory, "log");
    const disk = new HookedFileSystem();
    await using log = openLog(path, { fileSystem: disk, durability: "os" });
    await log.append([json(1)]);
    await log.append([json(2)]);
    await Deno.rename(path, `${path}.1`);
    disk.calls.length = 0;
    await log.append([json(3)]);
    const order = disk.calls.map(({ operation }) => operation);
    assertEquals(order.slice(0, order.indexOf("close") + 1), ["sync", "close"]);
  },
);

tempTest(
  "a sync that fails as its file is let go of is told, and nothing more is written",
  async (directory) => {
    const path = join(directory, "log");
    const disk = new HookedFileSystem();
    await using log = openLog(path, { fileSystem: disk, durability: "os" });
    await log.append([json(1)]);
    await log.append([json(2)]);
    await Deno.rename(path, `${path}.1`);
    disk.hook = failing("EIO", ({ operation }) => operation === "sync");
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await assertRejects(() => log.append([json(3)]), PapyraError);
      assertEquals(error.code, "STORE_FAILED");
      disk.hook = () => {};
    }
  },
);

tempTest("a store goes on behind the largest number known to be durable", async (directory) => {
  const path = join(directory, "log");
  await Deno.writeTextFile(path, `${eventLine(3)}\n`);
  await sidecarOf(path).raiseDurableSeq(90);
  await using log = openLog(path);
  assertEquals((await log.append([json(1)])).firstSeq, 91);
});

tempTest(
  "numbers that others gave are not used again where the file was cut and grew",
  async (directory) => {
    const path = join(directory, "log");
    await using one = openLog(path);
    await using other = openLog(path);
    await one.append(jsons(2));
    await other.append(jsons(8));
    await sidecarOf(path).raiseDurableSeq(10);
    await Deno.writeTextFile(path, `${foreignLine(1)}\n`.repeat(100));
    assertEquals((await one.append([json(1)])).firstSeq, 11);
  },
);

tempTest(
  "numbers that this writer gave are not used again, whatever the disk says",
  async (directory) => {
    const path = join(directory, "log");
    await using log = openLog(path);
    await log.append(jsons(20));
    await Deno.writeTextFile(path, `${eventLine(3)}\n`);
    assertEquals((await log.append([json(1)])).firstSeq, 21);
  },
);

tempTest("a file of a newer format is refused, and left alone", async (directory) => {
  const path = join(directory, "log");
  const checkpoint = { version: 2, from: 1, to: 5, count: 0, seqsCrc: 0, foreign: 0 };
  const content = `${encodeCheckpoint(checkpoint, 1)}\n`;
  await Deno.writeTextFile(path, content);
  await using log = openLog(path);
  const error = await assertRejects(() => log.append([json(1)]), PapyraError);
  assertEquals(error.code, "UNSUPPORTED_VERSION");
  assertEquals(await Deno.readTextFile(path), content);
});

tempTest("a path that cannot be opened refuses every record, until it can", async (directory) => {
  const path = join(directory, "log");
  await Deno.mkdir(path);
  await using log = openLog(path);
  const error = await assertRejects(() => log.append([json(1)]), PapyraError);
  assertEquals([error.code, error.file], ["NOT_WRITTEN", path]);
  await Deno.remove(path);
  assertEquals((await log.append([json(1)])).firstSeq, 1);
});

tempTest(
  "a file that lost its name is closed only after its syncs have settled",
  async (directory) => {
    const path = join(directory, "log");
    const disk = new HookedFileSystem();
    await using log = openLog(path, { fileSystem: disk, durability: "os" });
    await log.append([json(1)]);
    await log.append([json(2)]);
    const syncing = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    disk.calls.length = 0;
    disk.hook = async ({ operation }) => {
      if (operation !== "sync") return;
      syncing.resolve();
      await mayEnd.promise;
    };
    const flushed = log.flush();
    await syncing.promise;
    await Deno.rename(path, `${path}.1`);
    const appended = log.append([json(3)]);
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    assertEquals(disk.count("close"), 0);
    mayEnd.resolve();
    await Promise.all([flushed, appended]);
    assertEquals(disk.count("close"), 1);
  },
);
