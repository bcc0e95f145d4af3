import { basename, dirname, join } from "node:path";
import { PapyraError } from "../../lib/errors.ts";
import type { FileSystem } from "../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { CHECKS, checkVolume } from "../../lib/volume/check_volume.ts";
import type { HelperProcess } from "../../lib/volume/helper.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../_assert.ts";
import { availableDisks, fill, setReadOnly, withSmallDisk } from "../_small_disk.ts";
import { tempTest } from "../_temp.ts";
import { diskError } from "../storage/disk_error.ts";
import { startHelper } from "./_run.ts";
import { LIES } from "./_lies.ts";

const OPTIONS = { durationMs: 300, startHelper } as const;

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name);
}

tempTest("checkVolume() makes every check, and leaves nothing behind", async (directory) => {
  await Deno.writeTextFile(join(directory, "events.ndjson"), "");
  const progress: (readonly [done: number, total: number])[] = [];
  const report = await checkVolume(directory, {
    ...OPTIONS,
    onProgress: (done, total) => progress.push([done, total]),
  });
  assertEquals(report.checks.map(({ check }) => check), CHECKS.map(({ name }) => name));
  // What the machine is like is not for a test to say; what every machine does, is.
  for (const { check, result, reason } of report.checks) {
    if (!["file_system", "space", "full_volume", "sync"].includes(check)) {
      assertEquals(result, "ok", `${check}: ${reason}`);
    }
  }
  assertEquals(report.path, directory);
  assert(report.cannotKnow.length > 0 && report.durationSeconds > 0);
  assertEquals(namesIn(directory), ["events.ndjson"]);
  assertEquals(progress, progress.toSorted(([one], [other]) => one - other));
  assertEquals(progress.at(-1), [300, 300]);
});

tempTest("checkVolume() takes no more room than one check", async (directory) => {
  const found: string[][] = [];
  const fileSystem: FileSystem = {
    ...nativeFileSystem,
    open: (path, options) => {
      // The first file of the last check that makes any.
      if (basename(path) === "killed" && options.createExclusively) {
        found.push(namesIn(dirname(path)));
      }
      return nativeFileSystem.open(path, options);
    },
  };
  await checkVolume(directory, { ...OPTIONS, fileSystem });
  assertEquals(found, [[]]);
});

for (const name of ["a lock that keeps nobody out", "a sync that fails"]) {
  tempTest(`a volume with ${name} supports nothing`, async (directory) => {
    const { fileSystem, check } = LIES[name]!;
    const report = await checkVolume(directory, { ...OPTIONS, fileSystem, asked: "os" });
    assertEquals([report.durability, report.isFit], ["none", false]);
    assertEquals(report.checks.find((one) => one.check === check)?.result, "failed");
    assertEquals(namesIn(directory), []);
  });
}

tempTest("without a second process, what a volume supports is not known", async (directory) => {
  const report = await checkVolume(directory, {
    ...OPTIONS,
    startHelper: (): HelperProcess => ({
      lines: ReadableStream.from<string>([]).values(),
      finish: () => {},
      kill: () => Promise.resolve(),
    }),
    asked: "os",
  });
  assertEquals([report.durability, report.isFit], ["unknown", false]);
  const open = report.checks.filter(({ result }) => result === "unknown").map(({ check }) => check);
  assertEquals(open.filter((name) => name !== "file_system"), [
    "locks",
    "atomic_rename",
    "append",
    "killed_writer",
    "full_volume",
  ]);
  assertEquals(namesIn(directory), []);
});

tempTest("a signal stops it in every check, with nothing left behind", async (directory) => {
  // In the quick ones, in the sync, and beside each of the second processes.
  for (const share of [0, 0.1, 0.41, 0.66, 0.81]) {
    const controller = new AbortController();
    const stopped = checkVolume(directory, {
      ...OPTIONS,
      signal: controller.signal,
      onProgress: (done, total) => {
        if (done >= share * total) controller.abort();
      },
    });
    assertEquals((await assertRejects(() => stopped, PapyraError)).code, "ABORTED");
    assertEquals(namesIn(directory), []);
  }
});

tempTest("what is no directory is refused, with nothing left behind", async (directory) => {
  const file = join(directory, "events.ndjson");
  await Deno.writeTextFile(file, "");
  const messages = [
    [join(directory, "none"), "there is no such file or directory (ENOENT)"],
    [join(file, "deep"), "a part of the path is not a directory (ENOTDIR)"],
    [file, "it is not a directory; name that of the store"],
  ] as const;
  for (const [path, message] of messages) {
    const error = await assertRejects(() => checkVolume(path, OPTIONS), PapyraError);
    assertEquals(error.code, "IO_ERROR");
    assertStringIncludes(error.message, `Cannot check the volume of "${path}": ${message}`);
  }
  assertEquals(namesIn(directory), ["events.ndjson"]);
});

tempTest("a volume without room is an error, with nothing left behind", async (directory) => {
  const fileSystem = {
    ...nativeFileSystem,
    open: () => Promise.reject(diskError("ENOSPC")),
  };
  const full = checkVolume(directory, { ...OPTIONS, fileSystem });
  const error = await assertRejects(() => full, PapyraError, "the disk is full; free space");
  assertEquals(error.code, "IO_ERROR");
  assertEquals(namesIn(directory), []);
});

tempTest("a defect is thrown, with nothing left behind", async (directory) => {
  const defect = new TypeError("defect");
  const fileSystem = { ...nativeFileSystem, list: () => Promise.reject(defect) };
  const broken = checkVolume(directory, { ...OPTIONS, fileSystem });
  assertEquals(await assertRejects(() => broken), defect);
  assertEquals(namesIn(directory), []);
});

for (const kind of (await availableDisks()).filter((kind) => kind !== "simulated")) {
  const supported = kind === "tmpfs" ? "os" : "always";

  Deno.test(`a small ${kind} supports ${supported}`, () =>
    withSmallDisk(kind, async ({ directory }) => {
      const report = await checkVolume(directory, OPTIONS);
      assertEquals([report.durability, report.isFit], [supported, supported === "always"]);
      const { isFit, checks } = await checkVolume(directory, { ...OPTIONS, asked: "os" });
      assert(isFit, JSON.stringify(checks.filter(({ result }) => result !== "ok")));
      assertEquals(namesIn(directory).filter((name) => name !== "lost+found"), []);
    }));

  Deno.test(`a ${kind} that is full, or can only be read, is an error`, () =>
    withSmallDisk(kind, async (disk) => {
      await fill(disk);
      await assertRejects(() => checkVolume(disk.directory, OPTIONS), PapyraError, "(ENOSPC)");
      await setReadOnly(disk.directory);
      await assertRejects(() => checkVolume(disk.directory, OPTIONS), PapyraError, "(EROFS)");
      assertEquals(namesIn(disk.directory).filter((name) => name !== "lost+found"), ["filler"]);
    }));
}
