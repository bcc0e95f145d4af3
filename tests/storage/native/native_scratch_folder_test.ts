import { basename, join } from "node:path";
import {
  SCRATCH_PREFIX,
  ScratchFolder,
} from "../../../lib/storage/native/native_scratch_folder.ts";
import { assert, assertEquals, assertRejects } from "../../_assert.ts";
import { tempTest } from "../../_temp.ts";
import { withoutUmask } from "../../_umask.ts";

const MODULE =
  new URL("../../../lib/storage/native/native_scratch_folder.ts", import.meta.url).href;

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

tempTest("a scratch folder is new, and its owner's alone", async (directory) => {
  await withoutUmask(async () => {
    const folders = [await ScratchFolder.create(directory), await ScratchFolder.create(directory)];
    assert(folders[0]!.path !== folders[1]!.path);
    for (const { path } of folders) {
      assert(basename(path).startsWith(SCRATCH_PREFIX));
      assertEquals(Deno.statSync(path).mode! & 0o7777, 0o700);
    }
    for (const folder of folders) await folder.remove();
  });
  assertEquals(namesIn(directory), []);
});

tempTest("removing a scratch folder follows no link out of it", async (directory) => {
  const victim = join(directory, "victim");
  await Deno.mkdir(victim);
  await Deno.writeTextFile(join(victim, "precious"), "");
  const folder = await ScratchFolder.create(directory);
  await Deno.symlink(victim, join(folder.path, "directory"));
  await Deno.symlink(join(victim, "precious"), join(folder.path, "file"));
  await Deno.writeTextFile(join(folder.path, "own"), "");
  await folder.empty();
  assertEquals(namesIn(folder.path), []);
  await folder.remove();
  await folder.remove();
  assertEquals(namesIn(directory), ["victim"]);
  assertEquals(namesIn(victim), ["precious"]);
});

tempTest("what somebody else has put deeper into it is not removed", async (directory) => {
  const folder = await ScratchFolder.create(directory);
  await Deno.mkdir(join(folder.path, "theirs"));
  await Deno.writeTextFile(join(folder.path, "theirs", "precious"), "");
  await assertRejects(() => folder.remove());
  assertEquals(namesIn(join(folder.path, "theirs")), ["precious"]);
  await Deno.remove(join(folder.path, "theirs"), { recursive: true });
  await folder.remove();
});

tempTest("a scratch folder does not outlive a process that ends early", async (directory) => {
  const script = join(directory, "script.ts");
  await Deno.writeTextFile(
    script,
    `import { ScratchFolder } from "${MODULE}";
    const { path } = await ScratchFolder.create(Deno.args[0]);
    Deno.writeTextFileSync(path + "/file", "");
    console.log(path);
    (await import("node:process")).exit(7);`,
  );
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", script, directory],
  }).output();
  assertEquals(code, 7);
  assert(new TextDecoder().decode(stdout).startsWith(join(directory, SCRATCH_PREFIX)));
  assertEquals(namesIn(directory), ["script.ts"]);
});
