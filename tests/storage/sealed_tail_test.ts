import { join } from "node:path";
import { setImmediate } from "node:timers";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { resolveStorePaths } from "../../lib/storage/store_paths.ts";
import { tempTest } from "../_temp.ts";
import type { FileSystem } from "../../lib/storage/file_system.ts";
import { firstSeqBehind, lastSealedSeqs } from "../../lib/storage/sealed_tail.ts";
import { segmentName } from "../../lib/storage/part_names.ts";
import { encodeCheckpoint } from "../../lib/storage/lines/checkpoint.ts";
import { assertEquals } from "../_assert.ts";
import { eventLine, foreignLine } from "./lines.ts";
import { MemoryFileSystem } from "./memory_file_system.ts";

const PATHS = {
  active: "/data/store",
  directory: "/data",
  name: "store",
  sidecar: "/data/.store.papyra",
};
const DAMAGED = eventLine(900).replace("Started", "Stopped");
const CHECKPOINT = encodeCheckpoint(
  { version: 1, from: 4, to: 9, count: 0, seqsCrc: 0, foreign: 0 },
  1,
);

type Files = { readonly [suffix: string]: readonly string[] };

function diskWith(files: Files): MemoryFileSystem {
  const disk = new MemoryFileSystem();
  for (const [suffix, lines] of Object.entries(files)) {
    disk.put(`/data/store${suffix}`, lines.map((line) => `${line}\n`).join(""));
  }
  return disk;
}

function segment(firstSeq: number): string {
  return segmentName("", firstSeq);
}

function ours(...seqs: readonly number[]): string[] {
  return seqs.map((seq) => eventLine(seq));
}

async function lastSeqs(fileSystem: FileSystem) {
  const { shown, named } = await lastSealedSeqs(fileSystem, PATHS, "another file");
  return [shown, named];
}

const STORES: readonly (readonly [what: string, files: Files, shown: number, named: number])[] = [
  ["no files", {}, 0, 0],
  ["nothing but the active file", { "": ours(1, 2) }, 0, 0],
  ["segments", { [segment(1)]: ours(1, 2), [segment(3)]: ours(3, 4), "": [] }, 4, 0],
  ["a checkpoint at the end", { [segment(1)]: ours(1, 2), [segment(4)]: [CHECKPOINT] }, 9, 0],
  [
    "an old segment under a newer name",
    { [segment(1)]: [CHECKPOINT], [segment(10)]: ours(10, 11), [segment(20)]: ours(1, 2) },
    11,
    0,
  ],
  [
    "an old segment under a newer name, behind one that shows nothing",
    { [segment(1)]: ours(1), [segment(10)]: [], [segment(20)]: ours(1, 2) },
    2,
    0,
  ],
  ["damaged lines at the end", { [segment(1)]: [...ours(1, 2), DAMAGED, DAMAGED] }, 4, 0],
  [
    "nothing but damaged lines in the last segment",
    { [segment(1)]: ours(1, 2), [segment(3)]: [DAMAGED, DAMAGED] },
    4,
    3,
  ],
  ["an empty last segment", { [segment(1)]: ours(1, 2), [segment(3)]: [] }, 2, 3],
  ["nothing but empty segments", { [segment(1)]: [], [segment(7)]: [] }, 0, 7],
  ["an empty segment in between", { [segment(1)]: [], [segment(3)]: ours(3, 4) }, 4, 0],
  ["files of the original", { ".2": [foreignLine(1)], ".1": [foreignLine(2)] }, 0, 0],
  ["files of ours that another tool rotated", { ".2": ours(1, 2), ".1": ours(3) }, 3, 0],
];

for (const [what, files, shown, named] of STORES) {
  Deno.test(`the files before the active one, ${what}, show number ${shown} and name ${named}`, async () => {
    assertEquals(await lastSeqs(diskWith(files)), [shown, named]);
  });
}

Deno.test("a segment that goes while it is looked for tells nothing", async () => {
  const disk = diskWith({ [segment(1)]: ours(1, 2), [segment(3)]: ours(3) });
  const last = `/data/store${segment(3)}`;
  const open = disk.open.bind(disk);
  disk.open = async (path, options) => {
    if (path === last && disk.stat(last) !== null) await disk.unlink(last);
    return await open(path, options);
  };
  assertEquals(await lastSeqs(disk), [2, 0]);
});

Deno.test("what stands behind a file begins with the next number that is told", async () => {
  const disk = diskWith({
    ".2": ours(1),
    ".1": [foreignLine(1)],
    [segment(3)]: ours(4),
    "": [foreignLine(1), ...ours(7)],
  });
  const behind = (name: string) => firstSeqBehind(disk, PATHS, `/data/${name}`);
  assertEquals(await behind("store.2"), 3);
  assertEquals(await behind(`store${segment(3)}`), 7);
  assertEquals(await behind("store"), Infinity);
});

/** Makes a file of one line, and opens it as its writer does. */
async function writerOf(path: string, seq: number) {
  await Deno.writeTextFile(path, `${eventLine(seq)}\n`);
  const file = await nativeFileSystem.open(path, { access: "append", lockable: true });
  file.tryLock("exclusive");
  return file;
}

tempTest("the last batch of a file that was moved away is waited for", async (directory) => {
  const path = join(directory, "log");
  const paths = await resolveStorePaths(nativeFileSystem, path);
  const writer = await writerOf(`${path}.1`, 1);
  const seq = lastSealedSeqs(nativeFileSystem, paths, "the active file");
  setImmediate(() => {
    writer.append(new TextEncoder().encode(`${eventLine(2)}\n`));
    writer.unlock();
  });
  assertEquals((await seq).shown, 2);
  await writer.close();
});

tempTest("whose own file was moved away waits for nobody behind it", async (directory) => {
  const path = join(directory, "log");
  const paths = await resolveStorePaths(nativeFileSystem, path);
  await Deno.writeTextFile(`${path}.3`, `${eventLine(7)}\n`);
  const [own, later] = [await writerOf(`${path}.2`, 8), await writerOf(`${path}.1`, 9)];
  const { shown } = await lastSealedSeqs(nativeFileSystem, paths, own.stat().identity);
  assertEquals(shown, 7);
  await own.close();
  await later.close();
});
