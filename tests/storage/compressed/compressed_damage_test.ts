import { crc32, deflateRawSync, zstdCompressSync } from "node:zlib";
import { type Compression, COMPRESSIONS } from "../../../lib/model/compression.ts";
import { codecOf } from "../../../lib/storage/compressed/block_codec.ts";
import {
  BLOCK_BYTES_MAX,
  encodeHeader,
  headerBytesOf,
} from "../../../lib/storage/compressed/block_header.ts";
import { readLines } from "../../../lib/storage/lines/line_scanner.ts";
import { assert, assertEquals, assertStringIncludes } from "../../_assert.ts";
import { Random } from "../../_random.ts";
import {
  assertSameBytes,
  compressed,
  contentOf,
  joined,
  opened,
  recordLines,
} from "./compressing.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const decoder = new TextDecoder("latin1");
const CONTENT = recordLines(3.5 * BLOCK_BYTES_MAX);
const LINES = linesIn(CONTENT);

function linesIn(content: Uint8Array): string[] {
  return decoder.decode(content).split("\n").slice(0, -1);
}

/** What is read of damaged bytes: lines that are as they were, and whether anything was told. */
async function readDamaged(bytes: Uint8Array, compression: Compression) {
  const file = await opened(bytes, compression);
  const { size } = file.stat();
  const [good, lost]: [string[], string[]] = [[], []];
  for await (const batch of readLines(file, { from: 0, to: size })) {
    for (const { bytes, offset, length } of batch) {
      const damage = file.damageIn(offset, length);
      if (damage === null) good.push(decoder.decode(bytes));
      else lost.push(damage.reason);
    }
  }
  return { good, lost, file };
}

/** Where the headers of the blocks, the last one included, begin. */
function headersIn(bytes: Uint8Array, compression: Compression): number[] {
  const { prefix } = codecOf(compression);
  const text = decoder.decode(bytes);
  const found: number[] = [];
  for (let at = text.indexOf(decoder.decode(prefix)); at !== -1;) {
    found.push(at);
    at = text.indexOf(decoder.decode(prefix), at + 1);
  }
  return found;
}

function flipped(bytes: Uint8Array, at: number, bit = 0): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= 1 << bit;
  return copy;
}

for (const compression of COMPRESSIONS) {
  const codec = codecOf(compression);
  const headerBytes = headerBytesOf(codec);

  Deno.test(`every flipped bit of a header is told and costs nothing, with ${compression}`, async () => {
    const bytes = await compressed(CONTENT, compression);
    const headers = headersIn(bytes, compression);
    assertEquals(headers.length, 5);
    for (const header of headers) {
      for (let bit = 0; bit < headerBytes * 8; bit += 7) {
        const file = await opened(flipped(bytes, header + (bit >> 3), bit & 7), compression);
        const content = await contentOf(file);
        const mark = content.indexOf(0);
        const where = `bit ${bit} of the header at ${header}`;
        assert(file.damageIn(mark, 2) !== null, where);
        assertEquals(content.length, CONTENT.length + 2, where);
        assertSameBytes(content.subarray(0, mark), CONTENT.subarray(0, mark), where);
        assertSameBytes(content.subarray(mark + 2), CONTENT.subarray(mark), where);
      }
    }
  });

  Deno.test(`a flipped bit of a body costs the lines of its block at most, with ${compression}`, async () => {
    const bytes = await compressed(CONTENT, compression);
    const headers = headersIn(bytes, compression);
    const random = new Random(3);
    for (let round = 0; round < 30; round++) {
      const block = random.below(headers.length - 1);
      const from = headers[block]! + headerBytes;
      // The ends of a body hold what its content is checked with.
      const length = headers[block + 1]! - from;
      const at = from + (round % 3 === 0 ? length - 1 - random.below(8) : random.below(length));
      const { good, lost } = await readDamaged(flipped(bytes, at, random.below(8)), compression);
      // A bit that means nothing to the content changes nothing.
      if (lost.length === 0) {
        assertEquals(good, LINES);
        continue;
      }
      assertEquals(lost.length, 1);
      const missing = LINES.length - good.length;
      assert(missing > 1000 && missing < LINES.length / 2, `${missing} of ${LINES.length}`);
      assertIncluded(good);
    }
  });

  Deno.test(`whatever is cut off is told, with ${compression}`, async () => {
    const bytes = await compressed(CONTENT, compression);
    const headers = headersIn(bytes, compression);
    const random = new Random(5);
    const sizes = [0, 1, headerBytes, bytes.length - 1, ...headers, ...headers.map((at) => at + 5)];
    for (let round = 0; round < 20; round++) sizes.push(random.below(bytes.length));
    for (const size of sizes) {
      const { good, lost } = await readDamaged(bytes.subarray(0, size), compression);
      assert(lost.length > 0, `cut to ${size} of ${bytes.length}`);
      assertEquals(good, LINES.slice(0, good.length));
    }
  });

  Deno.test(`blocks that are missing, doubled or out of order are told, with ${compression}`, async () => {
    const bytes = await compressed(CONTENT, compression);
    const headers = headersIn(bytes, compression);
    const blocks = headers.map((at, index) => bytes.subarray(at, headers[index + 1]));
    for (const order of [[0, 2, 3, 4], [1, 2, 3, 4], [0, 1, 1, 2, 3, 4], [0, 2, 1, 3, 4]]) {
      const { good, lost } = await readDamaged(
        joined(...order.map((index) => blocks[index]!)),
        compression,
      );
      assert(lost.length > 0, `${order}`);
      assertIncluded(good);
    }
  });

  Deno.test(`bytes behind the end are told, with ${compression}`, async () => {
    const bytes = await compressed(CONTENT, compression);
    for (const more of [new Uint8Array(1), new Uint8Array(5000).fill(7), bytes]) {
      const { good, lost } = await readDamaged(joined(bytes, more), compression);
      assertEquals(lost.length, 1, `${lost}`);
      assertEquals(good.slice(0, LINES.length), LINES);
    }
  });

  Deno.test(`a header that lies is believed no more than it can be, with ${compression}`, async () => {
    const content = recordLines(100 * KIB);
    const body = codec.compress(content);
    const header = { offset: 0, bodyBytes: body.length, length: content.length };
    const end = joined(
      encodeHeader(codec, { offset: content.length, bodyBytes: codec.endBody.length, length: 0 }),
      codec.endBody,
    );
    const block = (lie: Partial<typeof header>) =>
      joined(encodeHeader(codec, { ...header, ...lie }), body, end);
    assertEquals((await readDamaged(block({}), compression)).lost, []);
    const lies = [
      { length: content.length - 1 },
      { length: content.length + 1 },
      { length: BLOCK_BYTES_MAX },
      { length: 2 ** 32 - 1 },
      { bodyBytes: body.length - 1 },
      { bodyBytes: body.length + 1 },
      { bodyBytes: 2 ** 32 - 1 },
      { offset: 1 },
      { offset: Number.MAX_SAFE_INTEGER },
    ];
    for (const lie of lies) {
      const { lost, file } = await readDamaged(block(lie), compression);
      assert(lost.length > 0, JSON.stringify(lie));
      assert(file.stat().size <= 1024 * file.raw.stat().size + 2 * MIB, JSON.stringify(lie));
    }
  });

  Deno.test(`a block that claims a little and inflates to much costs little, with ${compression}`, async () => {
    const bomb = bombOf(64 * MIB, compression);
    const length = Math.max(BLOCK_BYTES_MAX / 2, bomb.length);
    const file = joined(
      encodeHeader(codec, { offset: 0, bodyBytes: bomb.length, length }),
      bomb,
      encodeHeader(codec, { offset: length, bodyBytes: codec.endBody.length, length: 0 }),
      codec.endBody,
    );
    const { good, lost } = await readDamaged(file, compression);
    assertEquals([good.length, lost.length], [0, 1]);
    assertStringIncludes(lost[0]!, `larger than ${length} bytes`);
  });
}

Deno.test("a file of nothing but headers costs no memory without end", async () => {
  const codec = codecOf("gzip");
  const content = new TextEncoder().encode("x\n");
  const body = codec.compress(content);
  const blockBytes = headerBytesOf(codec) + body.length;
  const bytes = new Uint8Array(300_000 * blockBytes);
  for (let n = 0; n < 300_000; n++) {
    const header = encodeHeader(codec, { offset: 2 * n, bodyBytes: body.length, length: 2 });
    bytes.set(joined(header, body), n * blockBytes);
  }
  const file = await opened(bytes, "gzip");
  assert(file.isDamaged);
  assertEquals(file.stat().size, 2 * 256 * KIB + 2);
});

function assertIncluded(good: readonly string[]): void {
  const all = new Set(LINES);
  assertEquals(good.filter((line) => !all.has(line)), []);
}

function bombOf(size: number, compression: Compression): Uint8Array {
  const zeros = new Uint8Array(size);
  if (compression === "zstd") return zstdCompressSync(zeros);
  const trailer = new Uint8Array(8);
  new DataView(trailer.buffer).setUint32(0, crc32(zeros), true);
  return joined(deflateRawSync(zeros), trailer);
}
