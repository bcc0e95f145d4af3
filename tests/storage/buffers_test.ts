import { assert, assertEquals } from "../_assert.ts";
import { BufferPool, releaseBuffer } from "../../lib/storage/buffers.ts";

Deno.test("a buffer that was given back is taken again, by one alone", () => {
  const pool = new BufferPool(1000);
  const buffers = [pool.take(5000), pool.take(1000)];
  assertEquals(buffers.map(({ length }) => length), [1000, 1000]);
  for (const buffer of buffers) pool.give(buffer);
  const again = [pool.take(1000), pool.take(1000), pool.take(1000)];
  assertEquals(new Set(again).size, 3);
  assertEquals(again.filter((buffer) => buffers.includes(buffer)).length, 2);
});

Deno.test("what is shorter or longer than a pool's buffers is not kept there", () => {
  const pool = new BufferPool(1000);
  const short = pool.take(10);
  assertEquals(short.length, 10);
  pool.give(short);
  pool.give(new Uint8Array(2000));
  assertEquals([pool.take(10).length, pool.take(2000).length], [10, 1000]);
  assertEquals([pool.takeWhole(10).length, pool.takeWhole(2000).length], [10, 2000]);
  const many = Array.from({ length: 100 }, () => pool.take(1000));
  for (const buffer of many) pool.give(buffer);
  const kept = Array.from({ length: 100 }, () => pool.take(1000)).filter((one) =>
    many.includes(one)
  );
  assert(kept.length < 10, `${kept.length} kept`);
});

Deno.test("a large buffer's memory is given back, a small one may be a part of something else", () => {
  const [large, small] = [new Uint8Array(256 * 1024), new Uint8Array(1024)];
  releaseBuffer(large);
  releaseBuffer(small);
  assertEquals([large.length, small.length], [0, 1024]);
});
