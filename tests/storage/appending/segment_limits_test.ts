import { PapyraError } from "../../../lib/errors.ts";
import {
  isLimited,
  NEVER_BY_ITSELF,
  roomIn,
  type SegmentLimits,
  validateLimits,
} from "../../../lib/storage/appending/segment_limits.ts";
import { assertEquals, assertThrows } from "../../_assert.ts";

const REFUSED: readonly SegmentLimits[] = [
  { maxBytes: 0 },
  { maxBytes: -1 },
  { maxBytes: 1.5 },
  { maxBytes: NaN },
  { maxRecords: 0 },
  { maxRecords: 2 ** 53 },
  { maxAgeSeconds: 0.5 },
  { maxAgeSeconds: -Infinity },
];

for (const limits of REFUSED) {
  const [[name, limit]] = Object.entries(limits) as [[string, number]];
  Deno.test(`the limit ${name} ${limit} is refused by its name`, () => {
    const { code, message } = assertThrows(() => validateLimits(limits), PapyraError);
    assertEquals(code, "INVALID_ARGUMENT");
    assertEquals(message.startsWith(`Cannot rotate with ${name} ${limit}: it must be a`), true);
  });
}

Deno.test("Infinity is no limit", () => {
  for (const limits of [NEVER_BY_ITSELF, {}, { maxRecords: Infinity, maxAgeSeconds: Infinity }]) {
    validateLimits(limits);
    assertEquals(isLimited(limits), false);
  }
  assertEquals(isLimited({ ...NEVER_BY_ITSELF, maxRecords: 1 }), true);
});

Deno.test("a segment has room until any of its limits is reached", () => {
  const limits = { maxBytes: 100, maxRecords: 10, maxAgeSeconds: 60 };
  const state = { bytes: 99, records: 9, ageSeconds: 59 };
  assertEquals(roomIn(limits, state), { bytes: 1, records: 1 });
  assertEquals(roomIn(limits, { ...state, bytes: 100 }), null);
  assertEquals(roomIn(limits, { ...state, records: 10 }), null);
  assertEquals(roomIn(limits, { ...state, ageSeconds: 60 }), null);
});
