import type { RecordFilter } from "../../lib/backend/backend.ts";
import { checkFilter, kindsThatPass } from "../../lib/backend/record_filter.ts";
import { RECORD_KINDS, type StoredRecord } from "../../lib/model/record.ts";
import { decodeRecord } from "../../lib/model/wire.ts";
import { assert, assertEquals, assertThrows } from "../_assert.ts";

function eventWith(fields: { timestamp?: number }, seq: number | null): StoredRecord {
  return decodeRecord({ kind: "event", ...fields }, seq)!;
}

Deno.test("checkFilter() without filters passes whatever there is", () => {
  const { since, until, afterSeq, passes } = checkFilter({});
  assertEquals([since, until, afterSeq], [-Infinity, Infinity, null]);
  assert(passes(eventWith({}, null)));
});

Deno.test("checkFilter() puts a record without a timestamp into no period of time", () => {
  for (const period of [{ since: -1e12 }, { until: 1e12 }]) {
    assertEquals(checkFilter(period).passes(eventWith({}, 1)), false);
    assertEquals(checkFilter(period).passes(eventWith({ timestamp: 0 }, 1)), true);
  }
});

Deno.test("checkFilter() counts a record without a number as before every number", () => {
  const { passes } = checkFilter({ afterSeq: 0 });
  assertEquals([null, 1].map((seq) => passes(eventWith({}, seq))), [false, true]);
});

Deno.test("checkFilter() says which filter cannot be used, and why", () => {
  const cases: readonly (readonly [filter: object, message: RegExp])[] = [
    [{ since: "24h" }, /^Cannot use since 24h: it must be a number of Unix seconds$/],
    [{ afterSeq: -1 }, /^Cannot use afterSeq -1: it must be a whole number from 0 up$/],
    [{ type: ["A", 1] }, /^Cannot use type 1: it must be a string$/],
    [{ actor: 7 }, /^Cannot use actor 7: it must be a string or \{ system, actorId \}$/],
    [{ target: [null] }, /^Cannot use target null: /],
  ];
  for (const [filter, message] of cases) {
    const error = assertThrows(() => checkFilter(filter as RecordFilter)) as Error;
    assert(message.test(error.message), error.message);
  }
});

Deno.test("kindsThatPass() leaves the kinds that have what is looked at", () => {
  const cases: readonly (readonly [filter: RecordFilter, kinds: readonly string[]])[] = [
    [{}, ["event", "audit", "dead_letter"]],
    [{ since: 1, until: 2, afterSeq: 3 }, ["event", "audit", "dead_letter"]],
    [{ type: "A" }, ["event", "dead_letter"]],
    [{ actor: "a:1" }, ["event"]],
    [{ type: "A", target: "a:1" }, ["dead_letter"]],
    [{ actor: "a:1", target: "a:1" }, []],
  ];
  for (const [filter, kinds] of cases) assertEquals(kindsThatPass(RECORD_KINDS, filter), kinds);
  assertEquals(kindsThatPass(["audit", "event"], { type: "A" }), ["event"]);
});
