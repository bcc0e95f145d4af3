import { readdirSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ScratchFolder } from "../../lib/storage/native/native_scratch_folder.ts";
import { assert, assertEquals, assertRejects } from "../_assert.ts";
import { confinedTest } from "./_stage.ts";

confinedTest(
  "a link in the place of a scratch folder leads nobody to empty what is behind it",
  async (stage) => {
    const folder = await ScratchFolder.create(stage.shop);
    renameSync(folder.path, `${folder.path}.away`);
    symlinkSync(join(stage.outside, "deep"), folder.path);
    await assertRejects(() => folder.empty(), Error, "ELOOP");
    await assertRejects(() => folder.remove(), Error, "ELOOP");
    await Deno.remove(folder.path);
    renameSync(`${folder.path}.away`, folder.path);
    await folder.remove();
    assert(!readdirSync(stage.shop).includes(folder.path));
  },
);

confinedTest(
  "a link in the place of a scratch folder is left alone when the process ends",
  async (stage) => {
    const module = join(import.meta.dirname!, "../../lib/storage/native/native_scratch_folder.ts");
    const script = `import { ScratchFolder } from ${JSON.stringify(module)};
    const { path } = await ScratchFolder.create(Deno.args[0]);
    Deno.renameSync(path, path + ".away");
    Deno.symlinkSync(Deno.args[1], path);
    process.exit(0);`;
    const file = join(stage.directory, "script.ts");
    await Deno.writeTextFile(file, script);
    const args = [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      file,
      stage.shop,
      join(stage.outside, "deep"),
    ];
    const { code, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  },
);
