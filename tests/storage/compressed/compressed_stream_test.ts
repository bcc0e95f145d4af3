import { COMPRESSIONS } from "../../../lib/model/compression.ts";
import { STREAM_BYTES_MAX } from "../../../lib/storage/compressed/compressed_stream.ts";
import { assert, assertEquals, assertStringIncludes } from "../../_assert.ts";
import { Random } from "../../_random.ts";
import { assertSameBytes, byTool, contentOf, joined, opened, recordLines } from "./compressing.ts";

const MIB = 1024 * 1024;
const NOTHING = new Uint8Array(0);

for (const compression of COMPRESSIONS) {
  Deno.test(`a file that ${compression} made is read as it is, at any place`, async () => {
    const content = recordLines(2.6 * MIB);
    const file = await opened(byTool(content, compression), compression);
    assertEquals(file.stat().size, content.length);
    const random = new Random(1);
    for (let round = 0; round < 100; round++) {
      const position = random.below(content.length);
      const buffer = new Uint8Array(random.below(MIB));
      const count = await file.read(buffer, position);
      assertSameBytes(
        buffer.subarray(0, count),
        content.subarray(position, position + buffer.length),
      );
    }
    assert(!file.isDamaged);
    await file.close();
  });

  Deno.test(`files that ${compression} made and somebody joined are read to the end`, async () => {
    const sizes = [MIB / 2, 100, 0.15 * MIB, 1.2 * MIB, 0.2 * MIB, 300, 0.2 * MIB];
    const parts = [...sizes.map((size, index) => recordLines(size, 90_000 * index + 1)), NOTHING];
    const bytes = joined(...parts.map((part) => byTool(part, compression)));
    const file = await opened(bytes, compression);
    assertSameBytes(await contentOf(file), joined(...parts));
    await file.close();
  });

  Deno.test(`two files that ${compression} made are read in turns, and one is held`, async () => {
    const contents = [recordLines(MIB), recordLines(MIB, 70_000)];
    const files = await Promise.all(
      contents.map(async (content) => await opened(byTool(content, compression), compression)),
    );
    for (let round = 0; round < 3; round++) {
      const found = await Promise.all(files.map(contentOf));
      found.forEach((content, index) => assertSameBytes(content, contents[index]!));
    }
    for (const file of files) await file.close();
  });

  Deno.test(`of a damaged file that ${compression} made the sound beginning is read`, async () => {
    const content = recordLines(1.5 * MIB);
    const sound = byTool(content, compression);
    const flip = (at: number): Uint8Array =>
      sound.map((byte, index) => index === at ? byte ^ 1 : byte);
    const damages = [
      sound.subarray(0, sound.length - 1),
      sound.subarray(0, sound.length / 2),
      sound.subarray(0, 3),
      flip(sound.length - 2),
      flip(Math.floor(sound.length / 3)),
      joined(sound, new TextEncoder().encode("what somebody appended")),
      new Uint8Array(0),
      new Uint8Array(100_000),
    ];
    for (const [index, damaged] of damages.entries()) {
      const file = await opened(damaged, compression);
      const { size } = file.stat();
      assert(size >= 2, `damage ${index}`);
      const damage = file.damageIn(0, size);
      assertStringIncludes(damage?.reason ?? "", "damaged", `damage ${index}`);
      // Nothing tells where in a stream a bit was flipped: what stands behind it may be anything.
      const found = (await contentOf(file)).subarray(0, -2).subarray(0, content.length / 4);
      assertSameBytes(found, content.subarray(0, found.length), `damage ${index}`);
      await file.close();
    }
  });

  Deno.test(`a file that ${compression} made and that holds too much is told, not read`, async () => {
    const fitting = await opened(
      byTool(new Uint8Array(STREAM_BYTES_MAX), compression),
      compression,
    );
    assertEquals([fitting.stat().size, fitting.isTooLarge], [STREAM_BYTES_MAX, false]);
    await fitting.close();
    const bomb = await opened(
      byTool(new Uint8Array(STREAM_BYTES_MAX + 1), compression),
      compression,
    );
    assertEquals([bomb.stat().size, bomb.isTooLarge], [2, true]);
    assert(bomb.damageIn(0, 2)!.isTooLarge);
    await bomb.close();
  });
}
