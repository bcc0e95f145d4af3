import { join } from "node:path";
import { PapyraError } from "../../lib/errors.ts";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { Sidecar } from "../../lib/storage/sidecar.ts";
import { assert, assertEquals, assertRejects } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { HookedFileSystem } from "./hooked_file_system.ts";

function sidecarIn(directory: string, fileSystem = nativeFileSystem): Sidecar {
  return new Sidecar(fileSystem, join(directory, ".x.papyra"));
}

tempTest("a sidecar that is not there knows nothing, and reading makes none", async (directory) => {
  const sidecar = sidecarIn(directory);
  assertEquals(await sidecar.readState(), { formatVersion: 1, durableSeq: 0 });
  assertEquals(await sidecar.readMetrics(), null);
  assertEquals(await sidecar.strangers(), { temps: [], unknown: [] });
  assert(!sidecar.exists);
  assertEquals(await nativeFileSystem.list(directory), []);
});

tempTest("raiseDurableSeq() raises, and never lowers", async (directory) => {
  const sidecar = sidecarIn(directory);
  for (const [seq, expected] of [[5, 5], [3, 5], [9, 9]] as const) {
    await sidecar.raiseDurableSeq(seq);
    assertEquals((await sidecar.readState()).durableSeq, expected);
  }
  await sidecar.resetState(2);
  assertEquals((await sidecar.readState()).durableSeq, 2);
});

tempTest("two who raise at once end with the larger number", async (directory) => {
  const sidecars = [sidecarIn(directory), sidecarIn(directory)];
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => sidecars[index % 2]!.raiseDurableSeq(20 - index)),
  );
  assertEquals((await sidecars[0]!.readState()).durableSeq, 20);
});

tempTest("changeMetrics() adds up what many do at once", async (directory) => {
  const change = (content: string | null) => `${Number(content ?? 0) + 1}`;
  await Promise.all(Array.from({ length: 10 }, () => sidecarIn(directory).changeMetrics(change)));
  assertEquals(await sidecarIn(directory).readMetrics(), "10");
});

tempTest("a state of a newer version is left alone", async (directory) => {
  const sidecar = sidecarIn(directory);
  await sidecar.create();
  await Deno.writeTextFile(sidecar.pathOf("state"), '{"format_version":2,"durable_seq":7,"new":1}');
  await sidecar.raiseDurableSeq(50);
  assertEquals(await sidecar.readState(), { formatVersion: 2, durableSeq: 7 });
});

const BROKEN_STATES = ["", "{", "null", "[1]", "42", '"x"', '{"durable_seq":-1}', "\0\0\0\0"];

for (const content of BROKEN_STATES) {
  tempTest(`a state of ${JSON.stringify(content)} is as good as none`, async (directory) => {
    const sidecar = sidecarIn(directory);
    await sidecar.create();
    await Deno.writeTextFile(sidecar.pathOf("state"), content);
    assertEquals(await sidecar.readState(), { formatVersion: 1, durableSeq: 0 });
    await sidecar.raiseDurableSeq(4);
    assertEquals((await sidecar.readState()).durableSeq, 4);
  });
}

tempTest("strangers() tells temporary files from files that nobody knows", async (directory) => {
  const sidecar = sidecarIn(directory);
  await sidecar.raiseDurableSeq(1);
  await Deno.mkdir(sidecar.pathOf("removed"));
  for (const name of ["state.json.0.tmp", "rewrite.1.tmp", "notes.txt"]) {
    await Deno.writeTextFile(join(sidecar.path, name), "");
  }
  assertEquals(await sidecar.strangers(), {
    temps: ["rewrite.1.tmp", "state.json.0.tmp"].map((name) => join(sidecar.path, name)),
    unknown: [join(sidecar.path, "notes.txt")],
  });
});

tempTest("the sidecar may be deleted in the middle of every single step", async (directory) => {
  const disk = new HookedFileSystem();
  const sidecar = sidecarIn(directory, disk);
  await sidecar.raiseDurableSeq(1);
  const steps = disk.calls.length;
  for (let step = 1; step <= steps; step++) {
    let calls = 0;
    disk.hook = () => {
      if (++calls === step) Deno.removeSync(sidecar.path, { recursive: true });
    };
    try {
      await sidecar.raiseDurableSeq(step + 1);
    } catch (error) {
      // The temporary file went with it: it is the caller who tries again.
      assertEquals((error as { code?: unknown }).code, "ENOENT", `step ${step}: ${error}`);
    }
    disk.hook = () => {};
    await sidecar.raiseDurableSeq(step + 1);
    assertEquals((await sidecar.readState()).durableSeq, step + 1, `step ${step}`);
    assertEquals((await sidecar.strangers()).temps, []);
  }
});

for (
  const [what, plant] of [
    ["a link", (path: string) => Deno.symlink(Deno.cwd(), path)],
    ["a file", (path: string) => Deno.writeTextFile(path, "")],
  ] as const
) {
  tempTest(
    `${what} in the sidecar's place is refused, and not written through`,
    async (directory) => {
      const sidecar = sidecarIn(directory);
      await plant(sidecar.path);
      assert(!sidecar.exists);
      const error = await assertRejects(() => sidecar.raiseDurableSeq(1), PapyraError);
      assertEquals([error.code, error.file], ["NOT_A_STORE", sidecar.path]);
    },
  );
}
