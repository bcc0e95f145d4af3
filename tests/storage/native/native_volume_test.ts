import { readVolumeFacts } from "../../../lib/storage/native/native_volume.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { availableDisks, withSmallDisk } from "../../_small_disk.ts";
import { tempTest } from "../../_temp.ts";

tempTest("readVolumeFacts() tells what a directory lies on", async (directory) => {
  const { mountPoint, totalBytes, freeBytes } = await readVolumeFacts(directory);
  assert(mountPoint !== null && directory.startsWith(mountPoint));
  assert(freeBytes > 0 && totalBytes >= freeBytes);
});

for (const kind of (await availableDisks()).filter((kind) => kind !== "simulated")) {
  Deno.test(`readVolumeFacts() tells a ${kind} and its size`, () =>
    withSmallDisk(kind, async ({ directory }) => {
      const facts = await readVolumeFacts(directory);
      assertEquals([facts.type, facts.mountPoint], [kind, directory]);
      assert(facts.options.includes("rw"));
      assert(facts.totalBytes <= 4 * 1024 * 1024 && facts.freeBytes <= facts.totalBytes);
      assert(facts.freeFiles !== null && facts.freeFiles > 0);
    }));
}
