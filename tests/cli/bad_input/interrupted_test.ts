import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Anomaly, type AnomalyCode, JsonFilePersistence } from "../../../mod.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { cliTest, endOf, spawnPapyra } from "../_papyra.ts";
import { inTempDirectory } from "../../_temp.ts";
import { codesOf, scanOf } from "./_observed.ts";

const SIGNALS = [["SIGINT", 130], ["SIGTERM", 143]] as const;
const BATCHES = 8;
const BATCH = 1000;
const PADDING = "x".repeat(25_000);
// Once it has read so much of the store's 200 MB, a command is in the middle of it.
const MIDDLE_BYTES = 30_000_000;
const ATTEMPTS_MAX = 20;
const OF_KILLED: ReadonlySet<AnomalyCode> = new Set(["TRUNCATED_LINE", "LEFTOVER_TEMP_FILE"]);

/** Commands that read the whole store, and the exit codes that they have when nobody stops them. */
const COMMANDS: readonly (readonly [command: string, whole: number])[] = [
  ["persistence scan", 2],
  ["doctor run", 1],
  ["persistence startup-check --mode recover", 0],
  ["persistence recover", 0],
  ["persistence recover --mode quarantine --quarantine-dir quarantine", 0],
  ["persistence recover --dry-run", 0],
  ["persistence compact --max-records 7000", 0],
  ["persistence compact --max-records 7000 --dry-run", 0],
  ["persistence inspect --limit 10000", 0],
  ["inspect events --event-type Other", 0],
  ["inspect dead-letters", 0],
];

Deno.test("a signal in the middle of a command leaves the store as before", async (test) => {
  await inTempDirectory(async (directory) => {
    const original = join(directory, "original.ndjson");
    await makeBigStore(original);
    for (const [index, [command, whole]] of COMMANDS.entries()) {
      const [signal, expected] = SIGNALS[index % SIGNALS.length]!;
      await test.step(`${signal} in the middle of papyra ${command}`, async () => {
        assertEquals(await stopInTheMiddle(original, command, whole, signal), expected);
      });
    }
  });
});

/** Signals a command once it is in the middle; should it be too fast, once more. */
async function stopInTheMiddle(
  original: string,
  command: string,
  whole: number,
  signal: Deno.Signal,
): Promise<number> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const directory = join(original, "..", String(attempt));
    await Deno.mkdir(directory);
    try {
      const path = join(directory, "facts.ndjson");
      // Maintenance replaces files and changes none: the original stays as it is.
      await Deno.link(original, path);
      const child = spawnPapyra([...command.split(" "), "--path", path], { cwd: directory });
      await child.stdin.close();
      const isInMiddle = await untilItHasRead(child.pid, MIDDLE_BYTES);
      if (isInMiddle) child.kill(signal);
      const { code, stdout, stderr } = await endOf(child);
      if (code === whole) continue;
      assertEquals({ stdout, stderr }, { stdout: "", stderr: `papyra: Stopped by ${signal}\n` });
      assertEquals((await Deno.stat(path)).ino, (await Deno.stat(original)).ino);
      assertEquals(codesOf(await scanOf(path)), ["CHECKSUM_MISMATCH"]);
      return code;
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  }
  throw new Error(`papyra ${command} was always faster than the signal`);
}

/** Resolves once a process has read so many bytes; false where it ends before that. */
async function untilItHasRead(pid: number, bytes: number): Promise<boolean> {
  for (;;) {
    try {
      const counters = await Deno.readTextFile(`/proc/${pid}/io`);
      if (Number(/^rchar: (\d+)$/m.exec(counters)?.[1]) >= bytes) return true;
    } catch {
      return false;
    }
    await setTimeout(1);
  }
}

async function makeBigStore(path: string): Promise<void> {
  await using store = new JsonFilePersistence(path, { durability: "os" });
  const records = Array.from({ length: BATCH }, () => ({
    kind: "event",
    eventType: "Tick",
    payload: { PADDING },
  } as const));
  for (let batch = 0; batch < BATCHES; batch++) await store.recordMany(records);
  await store.close();
  using file = await Deno.open(path, { write: true });
  await file.seek(Math.floor((await file.stat()).size * 0.9), Deno.SeekMode.Start);
  await file.write(new TextEncoder().encode("y"));
}

for (const [signal, expected] of [...SIGNALS, ["SIGKILL", 137]] as const) {
  cliTest(
    `${signal} in the middle of papyra ingest loses nothing acknowledged`,
    async (directory) => {
      const path = join(directory, "facts.ndjson");
      const child = spawnPapyra(["ingest", "--path", path, "--print-acks"]);
      const feeding = feedUntilItEnds(child);
      const acks = await acksOf(child, () => child.kill(signal));
      const [{ code }] = await Promise.all([child.status, feeding, child.stderr.cancel()]);
      assertEquals(code, expected);
      assertEquals(acks, acks.map((_, index) => index + 1));
      await using store = new JsonFilePersistence(path);
      const seqs = (await store.listEvents()).map(({ seq }) => seq);
      assertEquals(seqs, seqs.map((_, index) => index + 1));
      assert(seqs.length >= acks.length, `${seqs.length} of ${acks.length} records are there`);
      const { anomalies } = await store.scan();
      // Only what nobody can prepare for may leave a fragment, or a temporary file.
      const isUsual = ({ code }: Anomaly) => signal === "SIGKILL" && OF_KILLED.has(code);
      assertEquals(anomalies.filter((anomaly) => !isUsual(anomaly)), []);
    },
  );
}

/** What is acknowledged until the end; calls `onMany` in the middle. */
async function acksOf(child: Deno.ChildProcess, onMany: () => void): Promise<number[]> {
  let text = "";
  let isSignalled = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (isSignalled || text.length < 50_000) continue;
    isSignalled = true;
    onMany();
  }
  // A killed process may not have finished its last line.
  return text.split("\n").slice(0, -1).map(Number);
}

async function feedUntilItEnds(child: Deno.ChildProcess): Promise<void> {
  const lines = new TextEncoder().encode('{"kind":"event","event_type":"Tick"}\n'.repeat(500));
  const writer = child.stdin.getWriter();
  try {
    for (;;) await writer.write(lines);
  } catch {
    // It reads no more.
  }
}
