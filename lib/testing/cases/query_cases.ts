/**
 * Queries in any combination, against a plain oracle.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { PersistenceBackend, RecordQuery } from "../../backend/backend.ts";
import { RECORD_KINDS, type RecordInput, type RecordKind } from "../../model/record.ts";
import type { RetentionLimits, RetentionPolicy } from "../../model/retention.ts";
import type { CaseGroup } from "../case_group.ts";
import { drain, everything } from "../expect.ts";
import { answerTo } from "../oracle.ts";
import { NOW, randomFrom, recordOf } from "../samples.ts";

const QUERIES = 150;

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
  await store.recordMany(Array.from({ length: 80 }, (_, index) => scattered(random, index)));
  const written = await everything(store);
  for (let index = 0; index < QUERIES; index++) {
    const query = { ...filters(random), ...more(random) };
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

// Times in no order, some alike, some in the future, and sizes that differ.
function scattered(random: () => number, index: number): RecordInput {
  const kind = RECORD_KINDS[Math.floor(random() * RECORD_KINDS.length)]!;
  const timestamp = NOW - 100 + Math.floor(random() * 120);
  const systemId = "s".repeat(Math.floor(random() * 60));
  return { ...recordOf(kind, index), timestamp, systemId };
}

function filters(random: () => number): RecordQuery {
  return {
    ...(random() < 0.4 ? { since: NOW - 100 + Math.floor(random() * 130) } : {}),
    ...(random() < 0.4 ? { until: NOW - 100 + Math.floor(random() * 130) } : {}),
    ...(random() < 0.5 ? { limit: Math.floor(random() * 30) } : {}),
    ...(random() < 0.5 ? { reverse: random() < 0.5 } : {}),
    ...(random() < 0.3 ? { where: (record) => record.systemId.length % 2 === 0 } : {}),
  };
}

function limits(random: () => number, withBytes: boolean): RetentionLimits {
  return {
    ...(random() < 0.5 ? { maxRecords: Math.floor(random() * 30) } : {}),
    ...(random() < 0.5 ? { maxAgeSeconds: Math.floor(random() * 120) } : {}),
    ...(withBytes && random() < 0.5 ? { maxTotalBytes: Math.floor(random() * 6000) } : {}),
  };
}
