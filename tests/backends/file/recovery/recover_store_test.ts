import { join } from "node:path";
import { PapyraError } from "../../../../lib/errors.ts";
import { assert, assertEquals, assertRejects } from "../../../_assert.ts";
import { failing, HookedFileSystem } from "../../../storage/hooked_file_system.ts";
import { bytesOf, eventLine } from "../../../storage/lines.ts";
import { removedParts } from "../_removed.ts";
import { codes, everything, NOW, receiptsOf, type StoreStage, storeTest } from "../_stores.ts";

const EVENT = { timestamp: NOW, eventType: "E" };

async function writeDamaged(stage: StoreStage): Promise<string> {
  await stage.write(eventLine(1), "junk", eventLine(3));
  return await Deno.readTextFile(stage.path);
}

storeTest("ignore changes nothing", async (stage) => {
  const before = await writeDamaged(stage);
  const report = await stage.open().recover({ mode: "ignore" });
  assertEquals([report.changed, report.after.healthy], [false, false]);
  assertEquals(await Deno.readTextFile(stage.path), before);
  assertEquals([...Deno.readDirSync(stage.directory)].length, 1);
});

storeTest("a plan says what a recovery then does, and does nothing", async (stage) => {
  const before = await writeDamaged(stage);
  const store = stage.open();
  const plan = await store.planRecovery({ mode: "quarantine", quarantineDir: "/tmp/never made" });
  assert(plan.changes && plan.steps.length >= 3);
  assertEquals(await Deno.readTextFile(stage.path), before);
  assertEquals([...Deno.readDirSync(stage.directory)].length, 1);
  await store.recover();
  assertEquals((await store.planRecovery()).changes, false);
});

storeTest("the quarantined original is the very file, linked", async (stage) => {
  await writeDamaged(stage);
  const { ino } = await Deno.stat(stage.path);
  const quarantineDir = join(stage.directory, "a", "quarantine ü");
  const { kept } = await stage.open().recover({ mode: "quarantine", quarantineDir });
  assertEquals([kept.length, (await Deno.stat(kept[0]!)).ino], [1, ino]);
  assert(kept[0]!.startsWith(`${quarantineDir}/events.ndjson.`));
});

storeTest("where no link can be made the original is copied, and synced first", async (stage) => {
  const before = await writeDamaged(stage);
  const disk = new HookedFileSystem();
  disk.hook = failing("EXDEV", ({ operation }) => operation === "link");
  const quarantineDir = join(stage.directory, "quarantine");
  const { kept } = await stage.open({ fileSystem: disk }).recover({
    mode: "quarantine",
    quarantineDir,
  });
  assertEquals(await Deno.readTextFile(kept[0]!), before);
  const calls = disk.calls.map(({ operation, path }) => `${operation} ${path}`);
  const renamed = calls.indexOf(`rename ${stage.path}`);
  for (const call of [`sync ${kept[0]}`, `syncDirectory ${quarantineDir}`]) {
    assert(calls.includes(call) && calls.indexOf(call) < renamed, call);
  }
});

storeTest(
  "quarantine into a place of the store's own is refused, and makes nothing",
  async (stage) => {
    const before = await writeDamaged(stage);
    const { directory, path, sidecar } = stage;
    await Deno.symlink(directory, join(directory, "link"));
    const own = [directory, `${directory}/`, join(directory, "x", ".."), path, sidecar];
    own.push(join(sidecar, "removed"), join(directory, "link"), join(directory, "link", "."));
    const store = stage.open();
    for (const quarantineDir of own) {
      const run = () => store.recover({ mode: "quarantine", quarantineDir });
      assertEquals((await assertRejects(run, PapyraError)).code, "INVALID_ARGUMENT", quarantineDir);
    }
    const run = () => store.recover({ mode: "quarantine" });
    assertEquals((await assertRejects(run, PapyraError)).code, "INVALID_ARGUMENT");
    assertEquals(await Deno.readTextFile(path), before);
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
    assertEquals(names, ["events.ndjson", "link"]);
  },
);

storeTest("quarantine of a healthy store changes nothing", async (stage) => {
  await stage.write(eventLine(1));
  const quarantineDir = join(stage.directory, "quarantine");
  const report = await stage.open().recover({ mode: "quarantine", quarantineDir });
  assertEquals([report.changed, report.kept], [false, []]);
});

storeTest("every removed byte is in the receipt, or where the receipt says", async (stage) => {
  for (const junk of ["junk", `{"${"ü".repeat(9000)}`, "\0".repeat(100_000)]) {
    await stage.write(eventLine(1), junk, eventLine(3));
    const report = await stage.open().recover();
    const parts = await removedParts(stage, report);
    const bytes = parts.flatMap((part) => [...part.bytes]);
    assertEquals(bytes, [...bytesOf(`${junk}\n`)]);
    await Deno.remove(stage.sidecar, { recursive: true });
  }
});

storeTest(
  "the intent is synced before anything is touched, and the outcome comes last",
  async (stage) => {
    await writeDamaged(stage);
    const disk = new HookedFileSystem();
    await stage.open({ fileSystem: disk }).recover();
    const calls = disk.calls.map(({ operation, path }) => `${operation} ${path}`);
    const receipts = join(stage.sidecar, "receipts.ndjson");
    const renamed = calls.indexOf(`rename ${stage.path}`);
    assert(calls.indexOf(`sync ${receipts}`) < renamed);
    assert(
      calls.lastIndexOf(`append ${receipts}`) >
        calls.indexOf(`syncDirectory ${stage.directory}`, renamed),
    );
  },
);

storeTest("a receipt of a repair says what was found and what became of it", async (stage) => {
  await writeDamaged(stage);
  const store = stage.open();
  const report = await store.recover();
  const [{ id, operation, outcome, details }] = await receiptsOf(store) as [
    Awaited<ReturnType<typeof receiptsOf>>[number],
  ];
  assertEquals([id, operation, outcome], [report.receipt, "recover", "done"]);
  assertEquals(details.mode, "repair");
  assertEquals(details.anomalies, { CORRUPTED_LINE: 1 });
  assertEquals([details.removed_ranges, details.removed_bytes], [1, 5]);
  assertEquals((details.old as { size: number }).size, report.before.bytes);
  assertEquals((details.new as { size: number }).size, report.after.bytes);
});

storeTest("a torn receipt is passed over, and fenced off", async (stage) => {
  await writeDamaged(stage);
  const store = stage.open();
  await store.recover();
  const receipts = join(stage.sidecar, "receipts.ndjson");
  await Deno.writeTextFile(receipts, '{"receipt":"intent","id":"to', { append: true });
  await writeDamaged(stage);
  await store.recover();
  assertEquals((await receiptsOf(store)).map(({ outcome }) => outcome), ["done", "done"]);
});

storeTest("a store that is gone is made anew, with its lost numbers noted", async (stage) => {
  const store = stage.open();
  await store.recordMany([{ kind: "event", ...EVENT }, { kind: "event", ...EVENT }]);
  await store.close();
  await Deno.remove(stage.path);
  const again = stage.open();
  assertEquals(codes(await again.scan()), ["MISSING_STORE"]);
  const report = await again.recover();
  assertEquals([report.changed, report.after.healthy, report.after.exists], [true, true, true]);
  assertEquals(codes(await again.scan()), []);
  const [receipt] = await receiptsOf(again);
  assertEquals([receipt!.outcome, receipt!.details.lost_up_to], ["done", 2]);
  assertEquals((await again.recordEvent(EVENT)).firstSeq, 3);
  assertEquals((await again.recover()).changed, false);
});

storeTest("a store that a writer makes while it is made anew stays the writer's", async (stage) => {
  const store = stage.open();
  await store.recordEvent(EVENT);
  await store.close();
  await Deno.remove(stage.path);
  const disk = new HookedFileSystem();
  disk.hook = ({ operation, path }) => {
    if (operation === "link" && path === stage.path) {
      Deno.writeTextFileSync(path, `${eventLine(2)}\n`, { createNew: true });
    }
  };
  const again = stage.open({ fileSystem: disk });
  await again.recover();
  assertEquals(await stage.lines(), [eventLine(2)]);
  await again.recover();
  assert((await receiptsOf(again)).every(({ outcome }) => outcome !== "pending"));
});

storeTest("a store that never was is left so by every recovery", async (stage) => {
  const store = stage.open();
  const quarantineDir = join(stage.directory, "quarantine");
  for (const mode of ["repair", "quarantine", "rebuild", "ignore"] as const) {
    const report = await store.recover(mode === "quarantine" ? { mode, quarantineDir } : { mode });
    assertEquals([report.changed, report.after.healthy, report.after.exists], [false, true, false]);
  }
  assertEquals([...Deno.readDirSync(stage.directory)].filter(({ isFile }) => isFile), []);
});

storeTest("rebuild makes everything derived anew, from the data", async (stage) => {
  const store = stage.open();
  await store.recordMany([{ kind: "event", ...EVENT }, { kind: "event", ...EVENT }]);
  await store.close();
  await Deno.writeTextFile(
    join(stage.sidecar, "state.json"),
    '{"format_version":1,"durable_seq":99}',
  );
  await Deno.writeTextFile(join(stage.sidecar, "metrics.json"), "{broken");
  assertEquals(codes(await stage.scan()), ["SEQUENCE_GAP"]);
  const lines = await stage.lines();
  const again = stage.open();
  const report = await again.recover({ mode: "rebuild" });
  assertEquals([report.changed, report.after.healthy, await stage.lines()], [true, true, lines]);
  assertEquals((await again.recordEvent(EVENT)).firstSeq, 3);
  assertEquals((await again.metrics.snapshot()).recoveries, 1);
});

storeTest("what a writer adds while a store is repaired is there afterwards", async (stage) => {
  await writeDamaged(stage);
  const disk = new HookedFileSystem();
  const writer = stage.open();
  let wrote: Promise<unknown> | null = null;
  disk.hook = ({ operation, path }) => {
    if (operation === "create" && path.includes("rewrite.")) wrote ??= writer.recordEvent(EVENT);
  };
  const report = await stage.open({ fileSystem: disk }).recover();
  await wrote;
  await writer.recordEvent(EVENT);
  assert(report.after.healthy);
  assertEquals((await everything(writer)).map(({ seq }) => seq), [1, 3, 4, 5]);
  assertEquals(codes(await writer.scan()), []);
});

storeTest(
  "a store that another program replaced meanwhile is left alone, and BUSY",
  async (stage) => {
    await writeDamaged(stage);
    const disk = new HookedFileSystem();
    disk.hook = ({ operation, path }) => {
      if (operation !== "create" || !path.includes("rewrite.")) return;
      Deno.writeTextFileSync(`${stage.path}.new`, `${eventLine(1)}\n`);
      Deno.renameSync(`${stage.path}.new`, stage.path);
    };
    const error = await assertRejects(
      () => stage.open({ fileSystem: disk }).recover(),
      PapyraError,
    );
    assertEquals([error.code, await stage.lines()], ["BUSY", [eventLine(1)]]);
  },
);
