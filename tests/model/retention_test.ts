import { PapyraError } from "../../lib/errors.ts";
import {
  isUnlimited,
  limitsOf,
  planRetention,
  type RetentionPolicy,
  validateRetention,
} from "../../lib/model/retention.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../_assert.ts";

const NOW = 1_700_000_000;

/** What a policy keeps of events, given as [timestamp, bytes] from the newest to the oldest. */
function kept(
  policy: RetentionPolicy,
  newestFirst: readonly (readonly [number | null, number])[],
): boolean[] {
  const plan = planRetention(policy, NOW);
  return newestFirst.map(([timestamp, bytes]) => plan.keeps("event", timestamp, bytes));
}

Deno.test("planRetention() keeps everything where nothing limits", () => {
  assertEquals(kept({}, [[null, 1], [0, 1e12], [-1e9, 1]]), [true, true, true]);
  assertEquals(kept({ maxRecords: Infinity, maxTotalBytes: Infinity }, [[0, 1e300]]), [true]);
});

Deno.test("planRetention() keeps the newest maxRecords", () => {
  assertEquals(kept({ maxRecords: 2 }, [[3, 1], [9, 1], [1, 1]]), [true, true, false]);
  assertEquals(kept({ maxRecords: 0 }, [[NOW, 1]]), [false]);
});

Deno.test("planRetention() keeps what is not older than maxAgeSeconds", () => {
  const ages = [10, 10.001, 9.999, -5];
  assertEquals(
    kept({ maxAgeSeconds: 10 }, ages.map((age) => [NOW - age, 1] as const)),
    [true, false, true, true],
  );
});

Deno.test("planRetention() never finds a record without a timestamp too old", () => {
  assertEquals(kept({ maxAgeSeconds: 0 }, [[null, 1], [NOW - 1, 1]]), [true, false]);
  assertEquals(kept({ maxAgeSeconds: 0, maxRecords: 1 }, [[null, 1], [null, 1]]), [true, false]);
});

Deno.test("planRetention() does not count what is too old", () => {
  const policy = { maxAgeSeconds: 10, maxRecords: 2, maxTotalBytes: 5 };
  assertEquals(
    kept(policy, [[NOW, 2], [0, 1000], [NOW, 3], [NOW, 1]]),
    [true, false, true, false],
  );
});

Deno.test("planRetention() ends the suffix at the first record that does not fit", () => {
  assertEquals(kept({ maxTotalBytes: 10 }, [[1, 4], [1, 6]]), [true, true]);
  assertEquals(kept({ maxTotalBytes: 10 }, [[1, 4], [1, 7], [1, 1]]), [true, false, false]);
  assertEquals(kept({ maxTotalBytes: 0 }, [[1, 0], [1, 1]]), [false, false]);
});

Deno.test("planRetention() counts each kind by itself", () => {
  const plan = planRetention({ maxRecords: 1, byKind: { audit: { maxRecords: 2 } } }, NOW);
  assert(plan.keeps("event", 1, 1));
  assert(plan.isExhausted("event"));
  assert(!plan.isExhausted("dead_letter"));
  assert(plan.keeps("dead_letter", 1, 1));
  assert(plan.keeps("audit", 1, 1));
  assert(!plan.isExhausted("audit"));
});

Deno.test("planRetention() tells the oldest moment that each kind keeps", () => {
  const plan = planRetention({ maxAgeSeconds: 5, byKind: { audit: { maxAgeSeconds: 7 } } }, NOW);
  assertEquals(plan.oldestKept("event"), NOW - 5);
  assertEquals(plan.oldestKept("audit"), NOW - 7);
  assertEquals(planRetention({}, NOW).oldestKept("event"), -Infinity);
});

Deno.test("limitsOf() lets a kind's own limits take the place of the general ones", () => {
  const policy = { maxRecords: 5, maxAgeSeconds: 9, byKind: { event: { maxRecords: 1 } } };
  assertEquals(limitsOf(policy, "event"), { maxRecords: 1, maxAgeSeconds: 9 });
  assertEquals(limitsOf(policy, "audit"), { maxRecords: 5, maxAgeSeconds: 9 });
});

Deno.test("isUnlimited() sees through limits that limit nothing", () => {
  assert(isUnlimited({}));
  assert(isUnlimited({ maxRecords: Infinity, byKind: { event: {} } }));
  assert(!isUnlimited({ maxAgeSeconds: 1e12 }));
  assert(!isUnlimited({ byKind: { dead_letter: { maxTotalBytes: 0 } } }));
});

Deno.test("validateRetention() takes fractions of seconds, and nothing else that is not whole", () => {
  validateRetention({ maxAgeSeconds: 0.5, maxRecords: 0, maxTotalBytes: 1 });
  const policies = [
    { maxRecords: -1 },
    { maxRecords: 0.5 },
    { maxTotalBytes: 0.5 },
    { maxAgeSeconds: -0.1 },
    { maxAgeSeconds: "1" },
    { maxRecords: null },
    { byKind: { audit: { maxRecords: NaN } } },
  ] as RetentionPolicy[];
  for (const policy of policies) {
    const error = assertThrows(() => validateRetention(policy), PapyraError);
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});

Deno.test("validateRetention() refuses names that it does not know", () => {
  const cases: readonly [object, string][] = [
    [{ maxRecrods: 1 }, "maxRecrods"],
    [{ byKind: { deadLetter: { maxRecords: 1 } } }, "deadLetter"],
    [{ byKind: { event: { maxAge: 1 } } }, "maxAge"],
  ];
  for (const [policy, name] of cases) {
    const error = assertThrows(() => validateRetention(policy as RetentionPolicy), PapyraError);
    assertStringIncludes(error.message, `"${name}"`);
  }
});
