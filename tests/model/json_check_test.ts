import { PapyraError } from "../../lib/errors.ts";
import { checkJson } from "../../lib/model/json_check.ts";
import {
  assertEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "../_assert.ts";

function refusalOf(value: unknown): string {
  const error = assertThrows(() => checkJson(value, "payload"), PapyraError);
  assertEquals(error.code, "INVALID_RECORD");
  return error.message;
}

Deno.test("checkJson() returns what JSON can carry as it is", () => {
  const values = [null, true, 0, -0, "", "text", [], [1, [2]], {}, { a: { b: undefined } }];
  for (const value of values) assertStrictEquals(checkJson(value, "payload"), value);
  const bare = Object.assign(Object.create(null), { a: 1 });
  assertStrictEquals(checkJson(bare, "payload"), bare);
});

Deno.test("checkJson() names the place of what it refuses", () => {
  assertStringIncludes(refusalOf(NaN), "payload is NaN");
  assertStringIncludes(refusalOf({ a: [0, { b: -Infinity }] }), "payload.a[1].b is -Infinity");
  assertStringIncludes(refusalOf([1, , 3]), "payload[1] is of type undefined");
  assertStringIncludes(refusalOf({ map: new Map() }), "payload.map is a Map");
  assertStringIncludes(refusalOf({ error: new Error("x") }), "payload.error is a Error");
  assertStringIncludes(refusalOf({ big: 1n }), "payload.big is of type bigint");
  assertStringIncludes(refusalOf({ call() {} }), "payload.call is of type function");
  assertStringIncludes(refusalOf(undefined), "payload is of type undefined");
});

Deno.test("checkJson() refuses boxed values, typed arrays and promises", () => {
  const values = [new String("x"), new Number(1), new Uint8Array(1), Promise.resolve(), /x/];
  for (const value of values) refusalOf({ value });
});

Deno.test("checkJson() looks into what toJSON gives, which is asked once", () => {
  checkJson({ at: new Date(0) }, "payload");
  checkJson({ toJSON: () => [1, "a"] }, "payload");
  const same = new (class Money {
    readonly cents = 5;
    toJSON(): this {
      return this;
    }
  })();
  checkJson(same, "payload");
  assertStringIncludes(refusalOf({ toJSON: () => ({ a: NaN }) }), "payload.a is NaN");
  assertStringIncludes(refusalOf({ toJSON: () => undefined }), "undefined");
  assertStringIncludes(refusalOf({ at: new Date(NaN) }), "payload.at is an invalid date");
});

Deno.test("checkJson() refuses what is circular or nested too deep, and takes what is deep", () => {
  const circular: { inner?: unknown } = {};
  circular.inner = { circular };
  assertStringIncludes(refusalOf(circular), "nested deeper than");
  let deep: unknown = 1;
  for (let depth = 0; depth < 1000; depth++) deep = [deep];
  checkJson(deep, "payload");
  assertStringIncludes(refusalOf([deep, [deep]]), "nested deeper than");
});
