import { join } from "node:path";
import { PapyraError } from "../../../lib/errors.ts";
import type { SealedSegment } from "../../../lib/storage/appending/sealer.ts";
import { assert, assertEquals, assertRejects } from "../../_assert.ts";
import { tempTest } from "../../_temp.ts";
import { json, jsons, type LogOptions, openLog, type TestLog } from "./append_logs.ts";
import { failing, HookedFileSystem } from "../hooked_file_system.ts";
import { eventLine } from "../lines.ts";

const YEAR = 365 * 86_400;

/** A log in a directory, with what it sealed and what it could not. */
function sealingLog(directory: string, options: LogOptions) {
  const sealed: SealedSegment[] = [];
  const failures: unknown[] = [];
  const log = openLog(join(directory, "log"), {
    onSealed: (segment) => sealed.push(segment),
    onSealFailed: (error) => failures.push(error),
    ...options,
  });
  return { log, failures, firstSeqs: () => sealed.map(({ firstSeq }) => firstSeq) };
}

async function appendEach(log: TestLog, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await log.append([json(index)]);
}

/** The files of a directory and how many lines each has. */
async function linesByFile(directory: string): Promise<Record<string, number>> {
  const lines: Record<string, number> = {};
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (!isFile) continue;
    const text = await Deno.readTextFile(join(directory, name));
    lines[name] = text.split("\n").length - 1;
  }
  return lines;
}

tempTest("a file is sealed before it would outgrow its limit", async (directory) => {
  const { log, firstSeqs } = sealingLog(directory, { limits: { maxBytes: 400 } });
  await using _ = log;
  await appendEach(log, 10);
  assert(firstSeqs().length > 0);
  for (const name of Object.keys(await linesByFile(directory))) {
    assert((await Deno.stat(join(directory, name))).size <= 400, name);
  }
});

tempTest("a limit smaller than one record gives each call a file of its own", async (directory) => {
  const { log, firstSeqs } = sealingLog(directory, { limits: { maxBytes: 1 } });
  await using _ = log;
  // Side by side, so that all of them wait for the same batch; one brings several records.
  await Promise.all([...jsons(5).map((each) => log.append([each])), log.append(jsons(3))]);
  await log.append([json(0)]);
  assertEquals(firstSeqs(), [1, 2, 3, 4, 5, 6]);
  assertEquals(Object.values(await linesByFile(directory)).sort(), [1, 1, 1, 1, 1, 1, 3]);
});

tempTest(
  "a file without a number of ours is not sealed, however large it is",
  async (directory) => {
    await Deno.writeTextFile(join(directory, "log"), `{"kind":"event"}\n`.repeat(100));
    const { log, firstSeqs } = sealingLog(directory, { limits: { maxBytes: 200 } });
    await using _ = log;
    assertEquals(await log.seal(), null);
    await appendEach(log, 1);
    assertEquals(firstSeqs(), []);
    await appendEach(log, 1);
    assertEquals(firstSeqs(), [1]);
    assertEquals((await linesByFile(directory))["log.0000000000000001"], 101);
  },
);

tempTest("a file is sealed by the first write that finds it too old", async (directory) => {
  let ahead = 0;
  const now = (): number => Date.now() / 1000 + ahead;
  const { log, firstSeqs } = sealingLog(directory, { limits: { maxAgeSeconds: 3600 }, now });
  await using _ = log;
  await appendEach(log, 3);
  ahead = 3500;
  await appendEach(log, 2);
  assertEquals(firstSeqs(), []);
  ahead = 3700;
  await appendEach(log, 2);
  assertEquals(firstSeqs(), [1]);
});

tempTest("the age of a file made by another process counts from its making", async (directory) => {
  const { log: other } = sealingLog(directory, {});
  await appendEach(other, 1);
  await other.close();
  const now = (): number => Date.now() / 1000 + 3700;
  const { log, firstSeqs } = sealingLog(directory, { limits: { maxAgeSeconds: 3600 }, now });
  await using _ = log;
  await appendEach(log, 1);
  assertEquals(firstSeqs(), [1]);
});

tempTest("a clock that jumps years ahead seals once, not with each write", async (directory) => {
  let ahead = 0;
  const now = (): number => Date.now() / 1000 + ahead;
  const { log, firstSeqs } = sealingLog(directory, { limits: { maxAgeSeconds: 3600 }, now });
  await using _ = log;
  await appendEach(log, 2);
  ahead = 5 * YEAR;
  await appendEach(log, 10);
  assertEquals(firstSeqs(), [1]);
});

tempTest("a clock that jumps back keeps no file open for years", async (directory) => {
  let ahead = 5 * YEAR;
  const now = (): number => Date.now() / 1000 + ahead;
  const { log, firstSeqs } = sealingLog(directory, { limits: { maxAgeSeconds: 3600 }, now });
  await using _ = log;
  await appendEach(log, 2);
  ahead = -YEAR;
  await appendEach(log, 2);
  assertEquals(firstSeqs(), []);
  ahead = -YEAR + 3700;
  await appendEach(log, 2);
  assertEquals(firstSeqs(), [1]);
});

tempTest(
  "a file that cannot be sealed takes what comes, and is tried again later",
  async (directory) => {
    const fileSystem = new HookedFileSystem();
    const { log, failures, firstSeqs } = sealingLog(directory, {
      limits: { maxRecords: 1 },
      fileSystem,
    });
    await using _ = log;
    fileSystem.hook = failing("EACCES", ({ operation }) => operation === "rename");
    await appendEach(log, 5);
    assertEquals([failures.length, firstSeqs()], [1, []]);
    assertEquals(await linesByFile(directory), { log: 5 });
    // Asked for, it is tried at once.
    await assertRejects(() => log.seal());
    fileSystem.hook = () => {};
    assertEquals((await log.seal())?.lastSeq, 5);
  },
);

tempTest("a segment's name that is taken is never overwritten", async (directory) => {
  const taken = join(directory, "log.0000000000000001");
  await Deno.writeTextFile(taken, "somebody's\n");
  const { log, failures } = sealingLog(directory, { limits: { maxRecords: 1 } });
  await using _ = log;
  await appendEach(log, 3);
  assertEquals(failures.map((error) => (error as PapyraError).code), ["NOT_A_STORE"]);
  assertEquals((await assertRejects(() => log.seal(), PapyraError)).file, taken);
  assertEquals(await linesByFile(directory), { log: 3, "log.0000000000000001": 1 });
  await Deno.remove(taken);
  assertEquals((await log.seal())?.path, taken);
  assertEquals(await Deno.readTextFile(taken).then((text) => text.split("\n").length), 4);
});

tempTest("a seal that is given up leaves the file as it was", async (directory) => {
  const { log } = sealingLog(directory, {});
  await using _ = log;
  await appendEach(log, 1);
  using file = await Deno.open(join(directory, "log"));
  await file.lock(true);
  const sealing = log.seal(AbortSignal.timeout(50));
  const error = await assertRejects(() => sealing, PapyraError);
  assertEquals(error.code, "TIMED_OUT");
  await file.unlock();
  assertEquals((await log.seal())?.lastSeq, 1);
});

tempTest("a number that no segment's name holds is not sealed away", async (directory) => {
  const firstSeq = 10 ** 15;
  await Deno.writeTextFile(join(directory, "log"), `${eventLine(firstSeq)}\n`);
  const { log, failures } = sealingLog(directory, { limits: { maxRecords: 1 } });
  await using _ = log;
  assertEquals((await log.append([json(1)])).firstSeq, firstSeq + 1);
  assertEquals(failures.map((error) => (error as PapyraError).code), ["UNSUPPORTED"]);
  assertEquals(await linesByFile(directory), { log: 2 });
});
