import { createHash } from "node:crypto";
import { BufferedWriter } from "../../../../lib/backends/file/replacing/buffered_writer.ts";
import { openDigests } from "../../../../lib/storage/digests.ts";
import { nativeFileSystem } from "../../../../lib/storage/native/native_file_system.ts";
import { randomFrom } from "../../../../lib/testing/samples.ts";
import { assertEquals } from "../../../_assert.ts";
import { HookedFileSystem } from "../../../storage/hooked_file_system.ts";
import { storeTest } from "../_stores.ts";

const MIB = 1024 * 1024;

storeTest(
  "BufferedWriter writes pieces of any size, in order, and digests them",
  async ({ path }) => {
    const disk = new HookedFileSystem(nativeFileSystem);
    const file = await disk.open(path, { access: "append", createExclusively: true });
    const writer = new BufferedWriter(file, (await openDigests(0)).begin());
    const random = randomFrom(3);
    const sizes = [0, 1, MIB - 1, 1, 1, MIB, MIB + 1, 3 * MIB, 0];
    for (let index = 0; index < 500; index++) sizes.push(Math.floor(random() * 5000));
    const hash = createHash("sha256");
    let total = 0;
    for (const [index, size] of sizes.entries()) {
      const bytes = new Uint8Array(size).fill(index % 251);
      writer.write(bytes);
      hash.update(bytes);
      // It keeps no view of what it was given.
      bytes.fill(0xff);
      total += size;
      assertEquals(writer.size, total);
    }
    writer.flush();
    await file.close();
    const digest = hash.digest("hex");
    assertEquals(await writer.digest(), digest);
    const content = await Deno.readFile(path);
    assertEquals(createHash("sha256").update(content).digest("hex"), digest);
    assertEquals(disk.count("append") < 20, true);
  },
);
