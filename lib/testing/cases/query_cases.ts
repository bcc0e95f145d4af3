/**
 * Queries in any combination, against a plain oracle.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { PersistenceBackend, RecordQuery } from "../../backend/backend.ts";
import {
  type ActorAddress,
  RECORD_KINDS,
  type RecordInput,
  type RecordKind,
} from "../../model/record.ts";
import type { RetentionLimits, RetentionPolicy } from "../../model/retention.ts";
import type { CaseGroup } from "../case_group.ts";
import { drain, everything } from "../expect.ts";
import { answerTo } from "../oracle.ts";
import { NOW, randomFrom, recordOf } from "../samples.ts";

const QUERIES = 250;
const TYPES = ["Started", "Stopped", "started", ""];
const ADDRESSES: readonly ActorAddress[] = [
  "local://1",
  "local:1",
  { system: "local", actorId: 1 },
  { system: "local", actorId: "2" },
  "local://2",
  "",
];

/** Cases of whole queries. */
export const queryCases: CaseGroup = {
  feature: null,
  cases: {
    async "queries that filter answer what a plain oracle answers"(stage) {
      const store = await stage.open({ clock: () => NOW });
      await answersLikeOracle(store, 11, () => ({}));
    },

    async "queries under retention answer what a plain oracle answers"(stage) {
      const store = await stage.open({ clock: () => NOW });
      const { sequenced } = store.backendCapabilities();
      await answersLikeOracle(store, 12, (random) => ({
        retention: {
          ...limits(random, sequenced),
          byKind: Object.fromEntries(
            RECORD_KINDS.filter(() => random() < 0.3)
              .map((kind) => [kind, limits(random, sequenced)]),
          ),
        },
      }));
    },
  },
};

async function answersLikeOracle(
  store: PersistenceBackend,
  seed: number,
  more: (random: () => number) => { retention?: RetentionPolicy },
): Promise<void> {
  const random = randomFrom(seed);
  const { sequenced } = store.backendCapabilities();
  await store.recordMany(Array.from({ length: 80 }, (_, index) => scattered(random, index)));
  const written = await everything(store);
  for (let index = 0; index < QUERIES; index++) {
    const query = { ...filters(random, sequenced), ...more(random) };
    const kinds = RECORD_KINDS.filter(() => random() < 0.7);
    if (kinds.length === 0) continue;
    const answer = await drain(store.records(kinds as RecordKind[], query));
    assert.deepEqual(
      answer,
      answerTo(written, kinds, query, NOW),
      `query ${index} of seed ${seed}: ${JSON.stringify({ kinds, ...query })}`,
    );
  }
}

// Times in no order, some alike, some in the future, sizes that differ, few types and actors.
function scattered(random: () => number, index: number): RecordInput {
  const kind = RECORD_KINDS[Math.floor(random() * RECORD_KINDS.length)]!;
  const timestamp = NOW - 100 + Math.floor(random() * 120);
  const systemId = "s".repeat(Math.floor(random() * 60));
  const record = { ...recordOf(kind, index), timestamp, systemId };
  if (record.kind === "audit") return record;
  const type = pick(random, TYPES);
  const address = pick(random, ADDRESSES);
  return record.kind === "event"
    ? { ...record, eventType: type, actorAddress: address }
    : { ...record, messageType: type, target: random() < 0.2 ? null : address };
}

function filters(random: () => number, sequenced: boolean): RecordQuery {
  return {
    ...(random() < 0.4 ? { since: NOW - 100 + Math.floor(random() * 130) } : {}),
    ...(random() < 0.4 ? { until: NOW - 100 + Math.floor(random() * 130) } : {}),
    ...(sequenced && random() < 0.2 ? { afterSeq: Math.floor(random() * 80) } : {}),
    ...(random() < 0.2 ? { type: oneOrSome(random, TYPES) } : {}),
    ...(random() < 0.1 ? { actor: oneOrSome(random, ADDRESSES) } : {}),
    ...(random() < 0.1 ? { target: oneOrSome(random, ADDRESSES) } : {}),
    ...(random() < 0.5 ? { limit: Math.floor(random() * 30) } : {}),
    ...(random() < 0.5 ? { reverse: random() < 0.5 } : {}),
    ...(random() < 0.3 ? { where: (record) => record.systemId.length % 2 === 0 } : {}),
  };
}

function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}

function oneOrSome<T>(random: () => number, values: readonly T[]): T | readonly T[] {
  return random() < 0.5 ? pick(random, values) : values.filter(() => random() < 0.5);
}

function limits(random: () => number, withBytes: boolean): RetentionLimits {
  return {
    ...(random() < 0.5 ? { maxRecords: Math.floor(random() * 30) } : {}),
    ...(random() < 0.5 ? { maxAgeSeconds: Math.floor(random() * 120) } : {}),
    ...(withBytes && random() < 0.5 ? { maxTotalBytes: Math.floor(random() * 6000) } : {}),
  };
}
