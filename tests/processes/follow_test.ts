/**
 * Followers of a store in tiny segments, whose writers are killed, and which is compacted all the while.
 */

import { join } from "node:path";
import type { RecordKind } from "../../mod.ts";
import { JsonFilePersistence } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { bunRuntime, Child, DENO, type Runtime } from "./_child.ts";
import { Ledger } from "./_ledger.ts";
import type { Run } from "./_runs.ts";

const SEGMENT_RECORDS = 5;
const KILLS = 6;
const RECORDS_A_LIFE = 150;
const AUDITS_KEPT = 20;
const COMPACTION = {
  retention: { byKind: { audit: { maxRecords: AUDITS_KEPT } } },
  compress: "zstd",
};
/** What compaction takes none of. */
const KINDS: readonly RecordKind[] = ["event", "dead_letter"];

/** A follower in a process of its own, and what came to it. */
class Follower {
  readonly seqs: number[] = [];
  readonly #child: Child;
  #onLine = () => {};

  constructor(runtime: Runtime, path: string, leaveAfter: number) {
    this.#child = new Child(runtime, "_follower.ts", [path, KINDS.join(), leaveAfter], (line) => {
      this.seqs.push(Number(line.split(" ")[1]));
      this.#onLine();
    });
  }

  /** Waits until it has come to a record. */
  async until(seq: number): Promise<void> {
    while ((this.seqs.at(-1) ?? 0) < seq) {
      await new Promise<void>((resolve) => this.#onLine = resolve);
    }
  }

  async stop(): Promise<void> {
    assertEquals(await this.#child.stop(), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.kill();
  }
}

tempTest(
  "followers get what writers record once, whoever dies and whatever is compacted",
  async (directory) => {
    const path = join(directory, "facts.ndjson");
    const ledger = new Ledger({ audit: AUDITS_KEPT });
    await using stack = new AsyncDisposableStack();
    const followers = [
      new Follower(DENO, path, 0),
      new Follower(DENO, path, 40),
      new Follower(await bunRuntime(), path, 0),
    ].map((follower) => stack.use(follower));
    const compactions: Run[] = [];
    const compactor = stack.use(
      new Child(DENO, "_maintainer.ts", [path, "compact", JSON.stringify(COMPACTION)], (line) => {
        if (line !== '{"begun":true}') compactions.push(JSON.parse(line));
      }),
    );
    await writeAndDie(path, ledger);
    assertEquals(await compactor.stop(), 0);
    assert(compactions.some(({ changed }) => changed), "no compaction changed the store");
    assertEquals(compactions.filter(({ error }) => error !== undefined && error !== "BUSY"), []);
    const expected = await seqsIn(path);
    for (const seq of ledger.seqsOf(KINDS)) assert(expected.includes(seq), `record ${seq} is gone`);
    for (const follower of followers) {
      await follower.until(expected.at(-1)!);
      await follower.stop();
      assertEquals(follower.seqs, expected);
    }
  },
);

/** Two writers at a time, one of which is killed and replaced again and again. */
async function writeAndDie(path: string, ledger: Ledger): Promise<void> {
  await using stack = new AsyncDisposableStack();
  let onLine = () => {};
  const start = (writer: number) =>
    stack.use(
      new Child(
        DENO,
        "_writer.ts",
        [path, writer, 0, 4, 2, 5, "always", SEGMENT_RECORDS],
        (line) => {
          ledger.take(writer, line);
          onLine();
        },
      ),
    );
  const steady = start(0);
  for (let life = 1; life <= KILLS; life++) {
    const writer = start(life);
    const goal = ledger.count + RECORDS_A_LIFE;
    while (ledger.count < goal) await new Promise<void>((resolve) => onLine = resolve);
    await writer.kill();
  }
  assertEquals(await steady.stop(), 0);
}

async function seqsIn(path: string): Promise<number[]> {
  await using store = new JsonFilePersistence(path);
  const seqs: number[] = [];
  for await (const { seq } of store.records(KINDS)) seqs.push(seq!);
  return seqs;
}
