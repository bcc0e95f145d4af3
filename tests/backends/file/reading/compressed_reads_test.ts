import { RotatingFilePersistence } from "../../../../lib/backends/file/rotating_file_persistence.ts";
import type { RecordQuery } from "../../../../lib/backend/backend.ts";
import { COMPRESSIONS } from "../../../../lib/model/compression.ts";
import type { RecordInput } from "../../../../lib/model/record.ts";
import type { FileSystem, OpenFile } from "../../../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../../../lib/storage/native/native_file_system.ts";
import { assert, assertEquals } from "../../../_assert.ts";
import { Random } from "../../../_random.ts";
import { NOW, type StoreStage, storeTest } from "../_stores.ts";

const RECORDS = 12_000;
const FIRST = NOW - RECORDS;

/** Two segments of some megabytes each, nothing in the active file. */
async function recordMuch(stage: StoreStage): Promise<void> {
  await using store = new RotatingFilePersistence(stage.path, { clock: () => NOW });
  const random = new Random(1);
  for (let index = 0; index < RECORDS; index += RECORDS / 2) {
    await store.recordMany(Array.from({ length: RECORDS / 2 }, (_, n): RecordInput => ({
      kind: "event",
      timestamp: FIRST + index + n,
      eventType: "E",
      payload: {
        text: Array.from({ length: 12 }, () => random.below(2 ** 32).toString(16)).join(),
      },
    })));
    await store.rotate();
  }
}

/** A file system that counts the bytes read from compressed segments. */
function countingReads(count: (bytes: number) => void): FileSystem {
  const counted = (file: OpenFile): OpenFile =>
    new Proxy(file, {
      get: (target, name) => {
        const value = target[name as keyof OpenFile];
        if (typeof value !== "function") return value;
        if (name !== "read") return value.bind(target);
        return async (...args: Parameters<OpenFile["read"]>) => {
          const bytes = await target.read(...args);
          count(bytes);
          return bytes;
        };
      },
    });
  return {
    ...nativeFileSystem,
    open: async (...args) => {
      const file = await nativeFileSystem.open(...args);
      return /\.(?:gz|zst)$/.test(args[0]) ? counted(file) : file;
    },
  };
}

const QUERIES: readonly (readonly [what: string, query: RecordQuery, first: number])[] = [
  ["the newest 50", { limit: 50 }, RECORDS - 49],
  ["a minute in the middle", { since: FIRST + 3000, until: FIRST + 3059 }, 3001],
  ["what comes behind a number", { afterSeq: 9000, until: FIRST + 9059 }, 9001],
];

for (const compress of COMPRESSIONS) {
  for (const [what, query, first] of QUERIES) {
    storeTest(
      `${what} of ${compress} segments is read without what stands before it`,
      async (stage) => {
        await recordMuch(stage);
        const { afterBytes } = await stage.open().compact({ compress });
        let bytes = 0;
        const store = stage.open({ fileSystem: countingReads((count) => bytes += count) });
        const seqs = (await store.listEvents(query)).map(({ seq }) => seq!);
        assertEquals([seqs[0], seqs.length], [first, seqs.at(-1)! - first + 1]);
        assert(bytes < afterBytes / 3, `${bytes} of ${afterBytes} bytes were read`);
      },
    );
  }
}
