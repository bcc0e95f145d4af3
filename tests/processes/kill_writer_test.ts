import { join } from "node:path";
import { type Anomaly, type AnomalyCode, JsonFilePersistence } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { inTempDirectory } from "../_temp.ts";
import { Child, Condition, DENO, type Runtime } from "./_child.ts";
import { Ledger } from "./_ledger.ts";

const ROUNDS = 20;
// A fragment of a single byte does not show any more what it was to be.
const FRAGMENT_CODES: ReadonlySet<AnomalyCode> = new Set(["PARTIAL_WRITE", "CORRUPTED_LINE"]);

Deno.test("a writer killed at any moment loses nothing that it acknowledged", async () => {
  await playRounds(async (path, writer, ledger) => {
    const killAfter = ledger.count + 1 + Math.floor(Math.random() * 2000);
    const enough = new Condition(() => ledger.count >= killAfter);
    await using child = startWriter(DENO, path, writer, ledger, () => enough.look());
    await enough.met;
    await child.kill();
  });
});

Deno.test("a writer killed in the middle of a write leaves a fragment, and nothing is lost", async () => {
  const fragments = await playRounds(async (path, writer, ledger) => {
    const limit = fileSizeLimit(path, 20_000 + Math.floor(Math.random() * 100_000));
    await using child = startWriter([...limit, ...DENO], path, writer, ledger);
    assert(await child.ended() !== 0, "the writer was not stopped by its limit");
  });
  assert(fragments > ROUNDS / 2, `only ${fragments} writes were torn`);
});

/** Ends a writer in each round and looks at the store each time; returns how many fragments it saw. */
async function playRounds(
  writeUntilKilled: (path: string, writer: number, ledger: Ledger) => Promise<void>,
): Promise<number> {
  const ledger = new Ledger();
  let fragments = 0;
  await inTempDirectory(async (directory) => {
    const path = join(directory, "facts.ndjson");
    for (let round = 1; round <= ROUNDS; round++) {
      await writeUntilKilled(path, round, ledger);
      fragments += await expectTornTailAtMost(path);
      await expectNextWrite(path, ROUNDS + round, ledger);
      // Every other fragment is left where the next writer fenced it off.
      if (round % 2 === 0) await expectRecovered(path);
      assertEquals((await ledger.survey(path)).missingAudits, []);
    }
  });
  return fragments;
}

function startWriter(
  runtime: Runtime,
  path: string,
  writer: number,
  ledger: Ledger,
  onTold = () => {},
): Child {
  const batchMax = writer % 3 === 0 ? 2000 : 30;
  return new Child(runtime, "_writer.ts", [path, writer, 0, batchMax, 16], (line) => {
    ledger.take(writer, line);
    onTold();
  });
}

// The kernel cuts the write that crosses the limit short, and kills at the next one.
function fileSizeLimit(path: string, bytes: number): Runtime {
  const size = sizeOf(path) + bytes;
  return ["sh", "-c", 'ulimit -f "$0"; exec "$@"', String(Math.ceil(size / 512))];
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

/** A fragment at the end, and those that were fenced off before; returns how many are at the end. */
async function expectTornTailAtMost(path: string): Promise<number> {
  await using store = new JsonFilePersistence(path);
  const { anomalies, bytes } = await store.scan();
  const isAtEnd = ({ offset, length }: Anomaly) => offset! + length! === bytes;
  // A killed process may leave a temporary file of the caches, which is no error.
  const errors = anomalies.filter(({ severity }) => severity === "error");
  const tail = errors.filter(isAtEnd);
  assertEquals(tail.filter(({ code }) => code !== "TRUNCATED_LINE"), []);
  const fenced = errors.filter((anomaly) => !isAtEnd(anomaly));
  assertEquals(fenced.filter(({ code }) => !FRAGMENT_CODES.has(code)), []);
  assert(fenced.length <= 1, `${fenced.length} fragments were fenced off`);
  return tail.length;
}

async function expectNextWrite(path: string, writer: number, ledger: Ledger): Promise<void> {
  const before = ledger.count;
  await using next = new Child(
    DENO,
    "_writer.ts",
    [path, writer, 7, 3, 2],
    (line) => ledger.take(writer, line),
  );
  assertEquals(await next.ended(), 0);
  assertEquals(ledger.count, before + 7);
}

async function expectRecovered(path: string): Promise<void> {
  await using store = new JsonFilePersistence(path);
  const { after } = await store.recover();
  assertEquals(after.anomalies, []);
}
