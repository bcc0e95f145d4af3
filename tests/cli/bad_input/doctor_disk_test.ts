import { join } from "node:path";
import { assertEquals, assertMatch } from "../../_assert.ts";
import { papyra } from "../_papyra.ts";
import { availableDisks, fill, setReadOnly, withSmallDisk } from "../../_small_disk.ts";
import { Unprivileged } from "./_unprivileged.ts";

const DISK = ["doctor", "disk", "--path"];

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name)
    .filter((name) => name !== "lost+found");
}

for (const kind of (await availableDisks()).filter((kind) => kind !== "simulated")) {
  const code = kind === "tmpfs" ? 1 : 0;

  Deno.test(`doctor disk on a ${kind}: exit code ${code}, 0 for --durability os`, () =>
    withSmallDisk(kind, async ({ directory }) => {
      const asked = await papyra([...DISK, directory]);
      assertEquals([asked.code, asked.stderr], [code, ""], asked.stdout);
      assertMatch(asked.stdout, new RegExp(`^.*: ${kind} on .*, mounted at ${directory}\n`));
      const quiet = [...DISK, directory, "--durability", "os", "--quiet"];
      assertEquals(await papyra(quiet), { code: 0, stdout: "", stderr: "" });
      assertEquals(namesIn(directory), []);
    }));

  Deno.test(`doctor disk says why a ${kind} that is full or read-only cannot be tried`, () =>
    withSmallDisk(kind, async (disk) => {
      await fill(disk);
      const full = await papyra([...DISK, disk.directory]);
      assertEquals([full.code, full.stdout], [74, ""]);
      assertMatch(full.stderr, /^papyra: Cannot check the volume of .*: the disk is full; .*\n$/);
      await setReadOnly(disk.directory);
      const readOnly = await papyra([...DISK, disk.directory]);
      assertEquals([readOnly.code, readOnly.stdout], [74, ""]);
      assertMatch(readOnly.stderr, /^papyra: Cannot check .*: the file system is read-only; .*\n$/);
      assertEquals(namesIn(disk.directory), ["filler"]);
    }));
}

Deno.test("doctor disk needs the rights that a store needs, and no others", async () => {
  await using user = await Unprivileged.create();
  const directory = join(user.directory, "store");
  await Deno.mkdir(directory);
  await user.own(directory);
  const fit = await user.papyra([...DISK, directory, "--durability", "os", "--quiet"]);
  assertEquals(fit, { code: 0, stdout: "", stderr: "" });
  await Deno.chmod(directory, 0o555);
  const denied = await user.papyra([...DISK, directory]);
  assertEquals([denied.code, denied.stdout], [74, ""]);
  assertMatch(denied.stderr, /^papyra: Cannot check the volume of .*: permission denied; .*\n$/);
  assertEquals(namesIn(directory), []);
});
