/**
 * The assertions that tests use, with the types that their package does not carry.
 *
 * @module
 */

// @ts-types="./_assert.d.ts"
export {
  assert,
  assertEquals,
  assertExists,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
