import { join } from "node:path";
import { copyStore, InMemoryPersistence, JsonFilePersistence, PapyraError } from "../../mod.ts";
import type { EncodedRecord } from "../../lib/backend/raw_store.ts";
import { assert, assertEquals } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { diskError } from "../storage/disk_error.ts";
import { HookedFileSystem } from "../storage/hooked_file_system.ts";
import { contentOf, fill } from "./copying.ts";

const RECORDS = 40;
const STEPS_MIN = 20;

/** A disk that takes `changes` of them; of the next write it takes half, and then nothing any more. */
function dyingDisk(changes: number): HookedFileSystem {
  const fileSystem = new HookedFileSystem();
  let made = 0;
  fileSystem.hook = ({ operation, size }) => {
    if (operation === "open" || operation === "close" || ++made < changes) return;
    if (made === changes && operation === "append") return Math.floor(size / 2);
    throw diskError("EIO");
  };
  return fileSystem;
}

tempTest(
  "whatever was written before it ended is not written again, at any step",
  async (directory) => {
    await using from = new InMemoryPersistence();
    await fill(from, RECORDS);
    const expected = await contentOf(from);
    let steps = 1;
    for (let isWhole = false; !isWhole; steps++) {
      const path = join(directory, `${steps}.ndjson`);
      const dying = new JsonFilePersistence(path, { fileSystem: dyingDisk(steps) });
      const outcome = await copyStore({ from, to: dying, batchSize: 10 }).catch((error) => error);
      await dying.close().catch(() => {});
      isWhole = !(outcome instanceof Error);
      await using to = new JsonFilePersistence(path);
      const { copied, found } = await copyStore({ from, to, batchSize: 10 });
      assertEquals(
        await contentOf(to),
        expected,
        `step ${steps}: ${JSON.stringify({ copied, found })}`,
      );
      assertEquals((await copyStore({ from, to })).changed, false, `step ${steps}`);
    }
    assert(steps > STEPS_MIN, `only ${steps} steps`);
  },
);

tempTest("a note that could not be written costs nothing but a comparison", async (directory) => {
  await using from = new InMemoryPersistence();
  const path = join(directory, "to.ndjson");
  const fileSystem = new HookedFileSystem();
  fileSystem.hook = ({ operation, path }) => {
    if (operation === "rename" && path.endsWith("copies.json")) throw diskError("EIO");
  };
  for (const [first, isNoted] of [[0, true], [50, false], [100, true]] as const) {
    await fill(from, 50, first);
    await using to = new JsonFilePersistence(path, isNoted ? {} : { fileSystem });
    const outcome = await copyStore({ from, to }).catch((error) => error);
    assertEquals(outcome.code, isNoted ? undefined : "IO_ERROR");
    if (first === 100) {
      assertEquals(outcome.found, { event: 40, audit: 5, dead_letter: 5 });
      assertEquals(outcome.copied, { event: 40, audit: 5, dead_letter: 5 });
    }
    // Others write behind what was not noted.
    await to.recordEvent({ eventType: "Other", timestamp: first });
    await to.close();
  }
  await using to = new JsonFilePersistence(path);
  const ours = (await contentOf(to)).filter((record) => !JSON.stringify(record).includes("Other"));
  assertEquals(ours, await contentOf(from));
});

tempTest("nothing is noted before it is synced, whatever the durability", async (directory) => {
  await using from = new InMemoryPersistence();
  await fill(from, RECORDS);
  const path = join(directory, "to.ndjson");
  const fileSystem = new HookedFileSystem();
  await using to = new JsonFilePersistence(path, { fileSystem, durability: "os" });
  await copyStore({ from, to, batchSize: 10 });
  const steps = fileSystem.calls.map((call) => `${call.operation} ${call.path}`);
  const appended = steps.lastIndexOf(`append ${path}`);
  const synced = steps.indexOf(`sync ${path}`, appended);
  const noted = steps.findIndex((step) => /^rename .*copies\.json$/.test(step));
  assert(appended < synced && synced < noted, `${[appended, synced, noted]}`);
});

class FailingStore extends InMemoryPersistence {
  appends = 0;
  fatal = 0;
  isWritten = false;

  protected override async _append(records: readonly EncodedRecord[]) {
    if (++this.appends !== this.fatal) return await super._append(records);
    if (this.isWritten) await super._append(records);
    throw new PapyraError("UNKNOWN", "Cannot tell whether it was written");
  }
}

for (const isWritten of [true, false]) {
  Deno.test(`a batch whose fate nobody can tell is looked for: written = ${isWritten}`, async () => {
    await using from = new InMemoryPersistence();
    await fill(from, RECORDS);
    await using to = new FailingStore();
    Object.assign(to, { fatal: 3, isWritten });
    const error = await copyStore({ from, to, batchSize: 10 }).catch((thrown) => thrown);
    assertEquals(error.code, "UNKNOWN");
    assertEquals(error.message.includes("; 20 records were copied before that"), true);
    await copyStore({ from, to });
    assertEquals(await contentOf(to), await contentOf(from));
  });
}
