import { join } from "node:path";
import {
  type CopyOptions,
  type CopyReport,
  copyStore,
  InMemoryPersistence,
  JsonFilePersistence,
  type PersistenceBackend,
  RotatingFilePersistence,
} from "../../mod.ts";
import { rawStoreOf } from "../../lib/backend/raw_store.ts";
import { assert, assertEquals, assertStringIncludes } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { codeOf, contentOf, fill } from "./copying.ts";

const SEGMENT = { maxBytes: 4096 };

const copied = ({ copied: { event, audit, dead_letter } }: CopyReport) =>
  event + audit + dead_letter;
const found = ({ found: { event, audit, dead_letter } }: CopyReport) => event + audit + dead_letter;

const OPENINGS: { readonly [name: string]: (path: string) => PersistenceBackend } = {
  memory: () => new InMemoryPersistence(),
  file: (path) => new JsonFilePersistence(path),
  segments: (path) => new RotatingFilePersistence(path, SEGMENT),
};

for (const [source, openSource] of Object.entries(OPENINGS)) {
  for (const [target, openTarget] of Object.entries(OPENINGS)) {
    tempTest(
      `from ${source} to ${target}: all in its order, then what is new, then nothing`,
      async (directory) => {
        await using from = openSource(join(directory, "from.ndjson"));
        await using to = openTarget(join(directory, "to.ndjson"));
        await fill(from, 120);
        const first = await copyStore({ from, to, batchSize: 7 });
        assertEquals([copied(first), found(first), first.resumed], [120, 0, false]);
        assertEquals(await contentOf(to), await contentOf(from));
        await fill(from, 30, 120);
        const second = await copyStore({ from, to });
        assertEquals([copied(second), found(second), second.resumed], [30, 0, true]);
        const third = await copyStore({ from, to });
        assertEquals([copied(third), found(third), third.changed], [0, 0, false]);
        assertEquals(await contentOf(to), await contentOf(from));
        assertEquals(third.verification, second.verification);
        const { records, otherRecords } = third.verification!;
        assertEquals([records.event + records.audit + records.dead_letter, otherRecords], [150, 0]);
        assert((await to.scan()).healthy);
      },
    );
  }
}

async function pair(directory: string, body: (stores: CopyOptions) => Promise<void>) {
  await using from = new JsonFilePersistence(join(directory, "from.ndjson"));
  await using to = new JsonFilePersistence(join(directory, "to.ndjson"));
  await fill(from, 100);
  await body({ from, to });
}

function pairTest(
  name: string,
  body: (stores: CopyOptions, directory: string) => Promise<void>,
): void {
  tempTest(name, (directory) => pair(directory, (stores) => body(stores, directory)));
}

pairTest("what others record to the target meanwhile is theirs", async ({ from, to }) => {
  await fill(to, 10, 500);
  await copyStore({ from, to });
  await fill(to, 10, 600);
  await fill(from, 10, 100);
  const { verification, ...report } = await copyStore({ from, to });
  assertEquals([copied(report as CopyReport), verification!.otherRecords], [10, 10]);
  assertEquals((await contentOf(to)).length, 130);
});

pairTest(
  "a lost note costs a comparison, and nothing is doubled",
  async ({ from, to }, directory) => {
    await fill(to, 10, 500);
    await copyStore({ from, to });
    await fill(from, 10, 100);
    await Deno.remove(join(directory, ".to.ndjson.papyra/copies.json"));
    const report = await copyStore({ from, to });
    assertEquals([copied(report), found(report), report.resumed], [10, 100, false]);
    await Deno.writeTextFile(join(directory, ".to.ndjson.papyra/copies.json"), '{"copies": [{}, 1');
    assertEquals(copied(await copyStore({ from, to })), 0);
  },
);

pairTest("kinds and times are copied as asked for, by and by", async ({ from, to }) => {
  const since = 1_700_000_010;
  const until = 1_700_000_049;
  const letters = await copyStore({ from, to, kinds: ["dead_letter"], until });
  assertEquals(letters.copied, { event: 0, audit: 0, dead_letter: 5 });
  assertEquals(copied(await copyStore({ from, to, kinds: ["audit", "event"], since, until })), 36);
  assertEquals(copied(await copyStore({ from, to, since: until + 1 })), 50);
  assertEquals(copied(await copyStore({ from, to, since: until + 1 })), 0);
  // The beginning may move on, as `--since 24h` does.
  assertEquals(copied(await copyStore({ from, to, since: until + 20 })), 0);
  const wider = copyStore({ from, to, since: until + 1 });
  assertEquals(await codeOf(wider), "INVALID_ARGUMENT");
  assertEquals(await codeOf(copyStore({ from, to })), "INVALID_ARGUMENT");
  assertEquals((await contentOf(to)).length, 5 + 36 + 50);
});

pairTest("another order of kinds in time keeps each kind whole", async ({ from, to }) => {
  assertEquals(copied(await copyStore({ from, to, kinds: ["event"] })), 80);
  assertEquals(copied(await copyStore({ from, to })), 20);
  for (const kind of ["event", "audit", "dead_letter"] as const) {
    assertEquals(await contentOf(to, [kind]), await contentOf(from, [kind]));
  }
});

pairTest(
  "compactions of the source and of the target between two runs change nothing",
  async ({ from, to }) => {
    await copyStore({ from, to });
    await fill(from, 20, 100);
    await from.compact({ retention: { maxRecords: 3 } });
    assertEquals(copied(await copyStore({ from, to })), 7);
    const before = (await contentOf(to)).length;
    assertEquals(before, 107);
    await to.compact({ retention: { maxRecords: 1 } });
    await fill(from, 10, 120);
    assertEquals(copied(await copyStore({ from, to, verify: "new" })), 10);
    assertEquals((await contentOf(to)).length, 13);
    // What was removed there on purpose is missed all the same by who compares everything.
    const all = copyStore({ from, to });
    assertEquals(await codeOf(all), "COPY_DIFFERS");
    const { message } = await all.catch((error) => error);
    assertStringIncludes(message, "event 118 of 2023-11-14T22:15:17.000Z of file:");
  },
);

pairTest("a record that changed in the target is named", async ({ from, to }, directory) => {
  await copyStore({ from, to });
  await to.close();
  const path = join(directory, "to.ndjson");
  const lines = (await Deno.readTextFile(path)).split("\n");
  lines.splice(41, 1);
  await Deno.writeTextFile(path, lines.join("\n"));
  await using again = new JsonFilePersistence(path);
  const error = await copyStore({ from, to: again }).catch((thrown) => thrown);
  assertEquals([error.code, error.seq], ["COPY_DIFFERS", 42]);
  assertStringIncludes(error.message, "event 42 of");
});

pairTest("what a target lost at its end is copied again", async ({ from, to }, directory) => {
  await copyStore({ from, to });
  await to.close();
  const path = join(directory, "to.ndjson");
  const lines = (await Deno.readTextFile(path)).split("\n");
  await Deno.writeTextFile(path, lines.slice(0, 60).map((line) => `${line}\n`).join(""));
  await using again = new JsonFilePersistence(path);
  const report = await copyStore({ from, to: again });
  assertEquals([copied(report), found(report), report.resumed], [40, 60, true]);
  assertEquals(await contentOf(again), await contentOf(from));
});

pairTest(
  "damaged lines are passed over and counted, in every run",
  async ({ from, to }, directory) => {
    await from.close();
    const path = join(directory, "from.ndjson");
    const lines = (await Deno.readTextFile(path)).split("\n");
    lines[9] = lines[9]!.replace("Tick", "Tack");
    await Deno.writeTextFile(path, lines.join("\n"));
    await using damaged = new JsonFilePersistence(path);
    for (const records of [99, 0]) {
      const report = await copyStore({ from: damaged, to });
      assertEquals([copied(report), report.damagedLines], [records, 1]);
    }
  },
);

pairTest("one copy at a time, and no compaction meanwhile", async ({ from, to }) => {
  await fill(to, 1, 500);
  const codes = await rawStoreOf(to).maintain("copy", {}, () =>
    Promise.all([
      codeOf(copyStore({ from, to })),
      codeOf(to.compact({ retention: { maxRecords: 1 } })),
      // Nobody has to wait for a plan.
      copyStore({ from, to, dryRun: true }).then(copied),
    ]));
  assertEquals(codes, ["BUSY", "BUSY", 100]);
});

pairTest("stopped in the middle, it goes on from there", async ({ from, to }) => {
  const stop = new AbortController();
  const onProgress = (_done: number, _total: number, step: string) => {
    if (step === "copying") stop.abort();
  };
  const error = await copyStore({ from, to, onProgress, signal: stop.signal, batchSize: 10 })
    .catch((thrown) => thrown);
  assertEquals(error.code, "ABORTED");
  assertStringIncludes(error.message, "records were copied before that: copy again to go on");
  const report = await copyStore({ from, to });
  assertEquals(found(report), 0);
  assertEquals(await contentOf(to), await contentOf(from));
});

pairTest("a plan changes nothing", async ({ from, to }, directory) => {
  const report = await copyStore({ from, to, dryRun: true });
  assertEquals([copied(report), report.changed, report.verification], [100, false, null]);
  assertEquals([...Deno.readDirSync(directory)].some(({ name }) => /^\.?to/.test(name)), false);
});

pairTest(
  "a source that was made anew is told, and compared when asked to",
  async ({ from, to }, directory) => {
    await copyStore({ from, to });
    await from.close();
    const path = join(directory, "from.ndjson");
    await Deno.remove(path);
    await Deno.remove(join(directory, ".from.ndjson.papyra"), { recursive: true });
    await using other = new JsonFilePersistence(path);
    await fill(other, 10, 900);
    assertEquals(await codeOf(copyStore({ from: other, to })), "SEQUENCE_RESET");
    assertEquals(copied(await copyStore({ from: other, to, fromStart: true })), 10);
    assertEquals(copied(await copyStore({ from: other, to })), 0);
  },
);

tempTest("a target that keeps few files loses none while it is copied to", async (directory) => {
  await using from = new InMemoryPersistence();
  await using to = new RotatingFilePersistence(join(directory, "to.ndjson"), {
    ...SEGMENT,
    maxFiles: 1,
  });
  await fill(from, 300);
  assertEquals(copied(await copyStore({ from, to, batchSize: 10 })), 300);
});

Deno.test("what cannot be copied is refused by name", async () => {
  await using store = new InMemoryPersistence();
  await using other = new InMemoryPersistence();
  const codes = [
    copyStore({ from: store, to: store }),
    copyStore({ from: store, to: other, batchSize: 0 }),
    copyStore({ from: store, to: other, since: NaN }),
  ].map(codeOf);
  assertEquals(await Promise.all(codes), Array(3).fill("INVALID_ARGUMENT"));
  await using closed = new InMemoryPersistence();
  await closed.close();
  assertEquals(await codeOf(copyStore({ from: store, to: closed })), "STORE_CLOSED");
  class TextlessStore extends InMemoryPersistence {
    protected override _raw() {
      return null;
    }
  }
  await using textless = new TextlessStore();
  const error = await copyStore({ from: textless, to: other }).catch((thrown) => thrown);
  assertEquals(error.code, "UNSUPPORTED");
  assertStringIncludes(
    error.message,
    "InMemoryPersistence does not give records as they are stored",
  );
});

pairTest("receipts tell what was copied from where", async ({ from, to }, directory) => {
  const { receipt } = await copyStore({ from, to });
  await copyStore({ from, to });
  const receipts = await Array.fromAsync(to.history());
  assertEquals(receipts.map(({ id, operation, outcome }) => [id, operation, outcome]), [
    [receipt, "copy", "done"],
  ]);
  const { details } = receipts[0]!;
  assertEquals(details.from, `file:${join(directory, "from.ndjson")}`);
  assertEquals(details.copied, { event: 80, audit: 10, dead_letter: 10 });
});
