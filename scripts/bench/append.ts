/**
 * Durable appends: one caller and many, beside bare loops and the databases that people would use.
 *
 * @module
 */

import { join } from "node:path";
import { makeEmpty } from "./_empty_directory.ts";
import { count } from "./_numbers.ts";
import { runSubject, type Runtime } from "./_subject.ts";
import type { BenchContext, Goal, Variant, Workload } from "./_workload.ts";
import type { SubjectName, SubjectOptions } from "./subject.ts";

/** A way to append, and how many records are enough to measure it by. */
interface Way {
  readonly name: string;
  readonly subject: SubjectName;
  readonly options: Omit<SubjectOptions, "path">;
}

const ONE_AT_A_TIME = 2000;
const SOME = 100_000;
const MANY = 600_000;
const LARGE_PADDING_BYTES = 4000;
const SOME_LARGE = 50_000;
const BATCH_RECORDS = 1000;

const BARE_SYNC: Way = {
  name: "bare loop, write + fdatasync for each",
  subject: "bareSync",
  options: { records: ONE_AT_A_TIME },
};
const BARE_BATCHES: Way = {
  name: "bare loop, batches of 1 000",
  subject: "bareBatches",
  options: { records: MANY, batch: BATCH_RECORDS },
};
const SQLITE_FULL: Way = {
  name: "SQLite, FULL, transactions of 1 000",
  subject: "sqlite",
  options: { records: MANY, batch: BATCH_RECORDS, synchronous: "FULL" },
};
const LEVEL: Way = {
  name: "classic-level, synced batches of 1 000",
  subject: "level",
  options: { records: MANY, batch: BATCH_RECORDS },
};
const DATABASES: readonly Way[] = [
  {
    name: "SQLite, FULL, one a transaction",
    subject: "sqlite",
    options: { records: ONE_AT_A_TIME, batch: 1, synchronous: "FULL" },
  },
  SQLITE_FULL,
  {
    name: "SQLite, NORMAL, transactions of 1 000",
    subject: "sqlite",
    options: { records: MANY, batch: BATCH_RECORDS, synchronous: "NORMAL" },
  },
];

/** Durable appends of small records, under one runtime. */
export function durableAppend({ directory }: BenchContext, runtime: Runtime): Workload {
  const [one, some, many] = [papyra(1, ONE_AT_A_TIME), papyra(64, SOME), papyra(1000, MANY)];
  // Addons and SQLite are tried where the issue of what to use instead comes up.
  const databases = runtime === "Deno" ? [...DATABASES, LEVEL] : [];
  const goals: Goal[] = [
    { of: one.name, against: BARE_SYNC.name, atLeast: 0.75 },
    { of: some.name, against: BARE_SYNC.name, atLeast: 30 },
    { of: many.name, against: BARE_SYNC.name, atLeast: 100 },
    { of: many.name, against: BARE_BATCHES.name, atLeast: 0.8 },
    ...(runtime === "Deno" ? [SQLITE_FULL, LEVEL] : []).map(({ name }) => ({
      of: many.name,
      against: name,
      atLeast: 1.3,
    })),
  ];
  return {
    name: `Durable append, ${runtime}`,
    unit: "records/s",
    about: "Every record is synced to the disk before its caller goes on.",
    variants: [BARE_SYNC, BARE_BATCHES, one, some, many, ...databases].map((way) =>
      variantOf(way, directory, runtime)
    ),
    goals,
  };
}

/** Durable appends of records of four kilobytes. */
export function durableAppendOfLarge({ directory }: BenchContext, runtime: Runtime): Workload {
  const padded = (way: Way): Way => ({
    ...way,
    options: {
      ...way.options,
      records: Math.min(way.options.records!, SOME_LARGE),
      paddingBytes: LARGE_PADDING_BYTES,
    },
  });
  const ways = [BARE_SYNC, BARE_BATCHES, papyra(1, ONE_AT_A_TIME), papyra(1000, SOME_LARGE)];
  return {
    name: `Durable append of 4 kB records, ${runtime}`,
    unit: "records/s",
    about: "The same with payloads of 4 kB.",
    variants: ways.map((way) => variantOf(padded(way), directory, runtime)),
    goals: [],
  };
}

/** Appends that nobody syncs, beside the streams that loggers write with. */
export function bufferedAppend({ directory }: BenchContext, runtime: Runtime): Workload {
  const buffered = (way: Way): Way => ({
    ...way,
    options: { ...way.options, durability: "os" },
  });
  const sonicBoom: Way = { name: "sonic-boom", subject: "sonicBoom", options: { records: MANY } };
  const stream: Way = {
    name: "rotating-file-stream",
    subject: "rotatingFileStream",
    options: { records: MANY },
  };
  const many = papyra(1000, MANY);
  const ways = [
    sonicBoom,
    stream,
    buffered(BARE_BATCHES),
    buffered(papyra(64, SOME)),
    buffered(many),
  ];
  return {
    name: `Buffered append, ${runtime}`,
    unit: "records/s",
    about:
      "Records are handed to the system, which writes them when it likes. The streams number nothing, check nothing and tell nobody.",
    variants: ways.map((way) => variantOf(way, directory, runtime)),
    goals: [{ of: many.name, against: sonicBoom.name, atLeast: 1.3 }],
  };
}

function papyra(callers: number, records: number): Way {
  const name = `papyra, ${callers === 1 ? "one caller" : `${count(callers)} callers`}`;
  return { name, subject: "papyra", options: { records, callers } };
}

function variantOf({ name, subject, options }: Way, directory: string, runtime: Runtime): Variant {
  const work = join(directory, "append");
  const path = join(work, "records");
  const clear = (): void => makeEmpty(work);
  return {
    name,
    isPapyra: subject === "papyra",
    prepare: clear,
    run: async () => {
      try {
        return await runSubject(runtime, subject, { path, ...options });
      } finally {
        clear();
      }
    },
  };
}
