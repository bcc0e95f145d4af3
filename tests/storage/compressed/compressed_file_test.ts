import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { COMPRESSIONS } from "../../../lib/model/compression.ts";
import { BLOCK_BYTES_MAX } from "../../../lib/storage/compressed/block_header.ts";
import { CompressedFile } from "../../../lib/storage/compressed/compressed_file.ts";
import { readLinesBackward } from "../../../lib/storage/lines/backward_reader.ts";
import { readLines } from "../../../lib/storage/lines/line_scanner.ts";
import { zstdFrames } from "../../../lib/storage/compressed/zstd_frames.ts";
import { randomFrom } from "../../../lib/testing/samples.ts";
import { assert, assertEquals } from "../../_assert.ts";
import {
  assertSameBytes,
  compressed,
  contentOf,
  joined,
  opened,
  recordLines,
} from "./compressing.ts";
import { allLines, expectedLines, fileOf, hardContents, randomContent } from "../line_reading.ts";

const MIB = 1024 * 1024;

for (const compression of COMPRESSIONS) {
  for (const [name, content] of hardContents()) {
    // Lines that are too long are the reader's business, whatever they are read from.
    if (content.length > 2 * MIB) continue;
    Deno.test(`the lines of ${name}, compressed with ${compression}, are read either way`, async () => {
      const file = await opened(await compressed(content, compression), compression);
      assertEquals(file.stat().size, content.length);
      const range = { from: 0, to: content.length };
      const expected = expectedLines(content, range);
      assertEquals(await allLines(readLines(file, range)), expected);
      assertEquals(await allLines(readLinesBackward(file, range)), expected.reverse());
      assert(!file.isDamaged);
    });
  }

  Deno.test(`any part of what ${compression} compressed is read as it was`, async () => {
    const random = randomFrom(11);
    const contents = [recordLines(3.3 * MIB), randomContent(random), recordLines(MIB)];
    for (const content of contents) {
      const file = await opened(await compressed(content, compression), compression);
      for (let round = 0; round < 300; round++) {
        const position = Math.floor(random() * (content.length + 10));
        const buffer = new Uint8Array(Math.floor(random() ** 4 * 2.5 * MIB));
        const count = await file.read(buffer, position);
        const expected = content.subarray(position, position + buffer.length);
        assertSameBytes(buffer.subarray(0, count), expected, `at ${position}`);
      }
    }
  });

  Deno.test(`what ${compression} compressed of incompressible bytes is read as it was`, async () => {
    const content = new Uint8Array(3 * MIB);
    for (let at = 0; at < content.length; at += 65536) {
      crypto.getRandomValues(content.subarray(at, at + 65536));
    }
    const file = await opened(await compressed(content, compression), compression);
    assertSameBytes(await contentOf(file), content);
  });

  Deno.test(`no file holds more than 1024 times its size, with ${compression}`, async () => {
    const content = new Uint8Array(5 * MIB).fill(0x0a);
    const bytes = await compressed(content, compression);
    assert(content.length <= 1024 * bytes.length, `${content.length} in ${bytes.length} bytes`);
    const file = await opened(bytes, compression);
    assertEquals(file.stat().size, content.length);
    assertSameBytes(await contentOf(file), content);
  });
}

Deno.test("gzip reads a compressed segment as any other of its files", async () => {
  const content = recordLines(2.5 * MIB);
  assertSameBytes(gunzipSync(await compressed(content, "gzip")), content);
});

Deno.test("zstd finds a frame for each block, all of them independent", async () => {
  const content = recordLines(2.5 * BLOCK_BYTES_MAX);
  const file = await fileOf(await compressed(content, "zstd"));
  const parts: Uint8Array[] = [];
  for await (const { from, to } of zstdFrames(file)) {
    const frame = new Uint8Array(to - from);
    await file.read(frame, from);
    parts.push(zstdDecompressSync(frame));
  }
  assertEquals(parts.length, 3);
  assertSameBytes(joined(...parts), content);
});

Deno.test("a compressed file that rests holds no content, and is read as before", async () => {
  const parts = [7, 8, 9].map((fill) => new Uint8Array(BLOCK_BYTES_MAX).fill(fill));
  const loaded: Uint8Array[] = [];
  const stretches = parts.map(({ length }, at) => ({
    start: at * length,
    length,
    at,
    bodyBytes: 0,
    lost: null,
  }));
  const file = new CompressedFile(await fileOf(new Uint8Array(0)), {
    stretches,
    isTooLarge: false,
    load: ({ at }) => {
      loaded.push(parts[at]!.slice());
      return Promise.resolve(loaded.at(-1)!);
    },
    release: () => {},
  });
  const expected = new Uint8Array(await new Blob(parts).arrayBuffer());
  assertSameBytes(await contentOf(file), expected);
  assert(
    loaded.filter(({ length }) => length > 0).length < parts.length,
    "one took another's place",
  );
  file.rest();
  assertEquals(loaded.filter(({ length }) => length > 0).length, 0);
  // Side by side, they take each other's place all the time.
  const reads = Array.from({ length: 20 }, () => contentOf(file));
  for (const content of await Promise.all(reads)) assertSameBytes(content, expected);
});
