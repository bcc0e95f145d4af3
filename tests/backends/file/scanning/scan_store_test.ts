import { assert, assertEquals } from "../../../_assert.ts";
import { nativeFileSystem } from "../../../../lib/storage/native/native_file_system.ts";
import { removeIfThere } from "../../../../lib/storage/whole_file.ts";
import { bytesOf, eventLine, foreignLine } from "../../../storage/lines.ts";
import { codes, everything, NOW, type StoreStage, storeTest } from "../_stores.ts";

const EVENT = { timestamp: NOW, eventType: "E" };

storeTest("a scan counts what it saw", async (stage) => {
  const store = stage.open();
  await store.recordMany([
    { kind: "event", timestamp: 10, eventType: "A" },
    { kind: "audit", timestamp: 30 },
    { kind: "dead_letter", timestamp: 20, messageType: "M" },
    { kind: "event", timestamp: 40, eventType: "B" },
  ]);
  await Deno.writeTextFile(stage.path, `${foreignLine(1)}\n\njunk\n`, { append: true });
  const report = await store.scan();
  assertEquals(report.records, { event: 3, audit: 1, dead_letter: 1 });
  assertEquals([report.foreignLines, report.rewrittenLines, report.damagedBytes], [1, 0, 5]);
  assertEquals(report.seqs, { min: 1, max: 4 });
  assertEquals(report.timestamps, { min: 10, max: 1_700_000_000.125 });
  assertEquals([report.bytes, report.startedAt], [(await Deno.stat(stage.path)).size, NOW]);
});

storeTest("an anomaly says where it is, why, and what to run next", async (stage) => {
  await stage.write(eventLine(1), "junk", eventLine(3));
  const [anomaly, ...others] = (await stage.scan()).anomalies;
  assertEquals(others, []);
  assertEquals(anomaly, {
    code: "CORRUPTED_LINE",
    severity: "error",
    file: stage.path,
    offset: bytesOf(eventLine(1)).length + 1,
    length: 5,
    line: 2,
    seq: null,
    reason: anomaly!.reason,
    next: `papyra persistence recover --path ${stage.path}`,
  });
  assert(anomaly!.reason.length > 10);
});

storeTest(
  "the command to run next can be pasted into a shell, whatever the path is",
  async (stage) => {
    for (const name of ["a b.ndjson", "it's.ndjson", "$(reboot).ndjson", "ü`x`\n.ndjson"]) {
      const path = `${stage.directory}/${name}`;
      await Deno.writeTextFile(path, "junk\n");
      const { anomalies } = await stage.open({}, path).scan();
      const [, , , , argument] = await shellWords(anomalies[0]!.next);
      assertEquals(argument, path);
    }
  },
);

/** The words that a shell makes of a command; one that people type into, not the smallest there is. */
async function shellWords(command: string): Promise<string[]> {
  const script = `set -- ${command}\nfor word; do printf '%s\\0' "$word"; done`;
  const { stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
}

storeTest("anomalies come in the order in which they stand", async (stage) => {
  await stage.write(eventLine(1), "junk", eventLine(5), eventLine(1), "[]", eventLine(9));
  const { anomalies } = await stage.scan();
  const offsets = anomalies.map(({ offset }) => offset!);
  assertEquals(offsets, [...offsets].sort((one, other) => one - other));
  assertEquals(anomalies.length, 5);
});

storeTest("a scan beside writers finds nothing that is only under way", async (stage) => {
  const writers = [stage.open({ durability: "os" }), stage.open({ durability: "os" })];
  let isOver = false;
  const writing = writers.map(async (writer) => {
    while (!isOver) await writer.recordMany([{ kind: "event", ...EVENT }, { kind: "audit" }]);
  });
  for (let round = 0; round < 30; round++) assertEquals(codes(await stage.scan()), []);
  isOver = true;
  await Promise.all(writing);
});

storeTest(
  "a fragment that a tool without locks is writing just now is no anomaly",
  async (stage) => {
    await stage.write(eventLine(1));
    await Deno.writeTextFile(stage.path, eventLine(2).slice(0, 40), { append: true });
    let isFinished = false;
    const store = stage.open();
    const report = await store.scan({
      onProgress: () => {
        if (!isFinished) {
          Deno.writeTextFileSync(stage.path, `${eventLine(2).slice(40)}\n`, { append: true });
        }
        isFinished = true;
      },
    });
    assertEquals(codes(report), []);
  },
);

storeTest("a file that shrinks under a scan is looked at again", async (stage) => {
  const lines = Array.from({ length: 20_000 }, (_, index) => eventLine(index + 1));
  await stage.write(...lines);
  const store = stage.open();
  let isCut = false;
  const report = await store.scan({
    onProgress: (done) => {
      if (!isCut && done > 0) Deno.truncateSync(stage.path, lines[0]!.length + 1);
      isCut = true;
    },
  });
  assertEquals([report.bytes, report.records.event], [lines[0]!.length + 1, 1]);
});

storeTest("damage never makes a read fail, and is counted", async (stage) => {
  await stage.write(eventLine(1), "junk", `x${eventLine(2)}${eventLine(3)}`, eventLine(4));
  await Deno.writeFile(stage.path, new Uint8Array([0, 0xff, 0x0a]), { append: true });
  const store = stage.open();
  for (
    const [query, expected] of [
      [{}, [1, 2, 3, 4]],
      [{ limit: 2 }, [3, 4]],
      [{ limit: 3 }, [2, 3, 4]],
      [{ reverse: true }, [4, 3, 2, 1]],
      [{ reverse: true, limit: 3 }, [4, 3, 2]],
    ] as const
  ) {
    const stream = store.events(query);
    const seqs: number[] = [];
    for await (const { seq } of stream) seqs.push(seq!);
    assertEquals(seqs, [...expected], JSON.stringify(query));
    assert(stream.skipped > 0 || "limit" in query);
  }
});

async function expectReadable(stage: StoreStage, expected: number): Promise<void> {
  assertEquals((await everything(stage.open())).length, expected);
  assertEquals(codes(await stage.scan()), []);
}

storeTest("a store that may only be read is read, scanned and planned for", async (stage) => {
  await stage.write(eventLine(1), eventLine(2));
  await Deno.chmod(stage.path, 0o400);
  await Deno.chmod(stage.directory, 0o500);
  try {
    await expectReadable(stage, 2);
    assertEquals((await stage.open().planRecovery()).changes, false);
  } finally {
    await Deno.chmod(stage.directory, 0o700);
  }
});

storeTest("a file that comes and goes while the store is looked at does no harm", async (stage) => {
  let hasCome = false;
  const fileSystem = {
    ...nativeFileSystem,
    async list(directory: string) {
      if (!hasCome) await stage.write(eventLine(1));
      hasCome = true;
      return await nativeFileSystem.list(directory);
    },
    statLink(path: string) {
      const stat = nativeFileSystem.statLink(path);
      if (path === stage.path) void removeIfThere(nativeFileSystem, path);
      return stat;
    },
  };
  const report = await stage.scan({ fileSystem });
  assertEquals([hasCome, report.exists, report.healthy], [true, false, true]);
});
