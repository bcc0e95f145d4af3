import { DurableSeqNotes } from "../../../lib/backends/file/durable_seq_notes.ts";
import { Sidecar } from "../../../lib/storage/sidecar.ts";
import { assertEquals } from "../../_assert.ts";
import { failing, HookedFileSystem } from "../../storage/hooked_file_system.ts";
import { NOW, type StoreStage, storeTest } from "./_stores.ts";

const EVENT = { timestamp: NOW, eventType: "E" };

async function durableSeq({ sidecar }: StoreStage): Promise<number> {
  return (await new Sidecar(new HookedFileSystem(), sidecar).readState()).durableSeq;
}

for (const durability of ["always", "interval:10000", "os"] as const) {
  storeTest(
    `a store that is closed has noted all its records as durable, with ${durability}`,
    async (stage) => {
      const store = stage.open({ durability });
      for (let n = 0; n < 3; n++) await store.recordEvent(EVENT);
      await store.close();
      assertEquals(await durableSeq(stage), 3);
    },
  );
}

storeTest("what was not synced is never noted as durable", async (stage) => {
  const disk = new HookedFileSystem();
  const store = stage.open({ fileSystem: disk, durability: "os" });
  await store.recordEvent(EVENT);
  await store.flush();
  await store.recordEvent(EVENT);
  disk.hook = failing("EIO", ({ operation, path }) => operation === "sync" && path === stage.path);
  await store.close().catch(() => {});
  assertEquals(await durableSeq(stage), 1);
});

storeTest(
  "a note that cannot be written costs nothing, and is written with the next",
  async (stage) => {
    const disk = new HookedFileSystem();
    const notes = new DurableSeqNotes(new Sidecar(disk, stage.sidecar));
    disk.hook = failing("ENOSPC", ({ operation }) => operation === "append");
    notes.note(5);
    await notes.close();
    assertEquals(await durableSeq(stage), 0);
    disk.hook = () => {};
    notes.note(3);
    await notes.close();
    assertEquals(await durableSeq(stage), 5);
  },
);
