import { compareIds, nextId } from "../../../../lib/backends/redis/streams/entry_id.ts";
import { keySlot } from "../../../../lib/backends/redis/servers/key_slot.ts";
import { interleave, mergeStreams } from "../../../../lib/backends/redis/reading/merge_streams.ts";
import type { StreamEntry } from "../../../../lib/backends/redis/streams/stream_entry.ts";
import type { RecordKind } from "../../../../lib/model/record.ts";
import { randomFrom } from "../../../../lib/testing/samples.ts";
import { assert, assertEquals } from "../../../_assert.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function entryOf(kind: RecordKind, id: string, signed: string): StreamEntry {
  return { id, kind, fields: [bytes("w"), bytes(signed)], line: null, bytes: 0 };
}

const signedOf = ({ fields }: StreamEntry) => new TextDecoder().decode(fields[1]!);

Deno.test("ids are compared to their last digit", () => {
  assert(compareIds("9-0", "10-0") < 0);
  assert(compareIds("5-18446744073709551614", "5-18446744073709551615") < 0);
  assertEquals(compareIds("5-1", "5-1"), 0);
  assertEquals(nextId("5-9007199254740993"), "5-9007199254740994");
});

Deno.test("keySlot() is that of the server's own documentation, and of the hash tag", () => {
  assertEquals(keySlot("123456789"), 0x31c3);
  assertEquals(keySlot("{user1000}.following"), keySlot("{user1000}.followers"));
  assertEquals(keySlot("foo{}{bar}"), keySlot("foo{}{bar}"));
  assert(keySlot("foo{}{bar}") !== keySlot("foo{}{baz}"));
});

Deno.test("entries of one moment keep the order of each stream and of each writer", () => {
  const lists = [
    [
      entryOf("event", "1-0", "a:1"),
      entryOf("event", "1-1", "b:2"),
      entryOf("event", "1-2", "a:4"),
    ],
    [
      entryOf("audit", "1-0", "b:1"),
      entryOf("audit", "1-1", "a:2"),
      entryOf("audit", "1-2", "a:3"),
    ],
  ];
  const merged = interleave(lists).map(signedOf);
  const of = (writer: string) => merged.filter((signed) => signed.startsWith(writer));
  assertEquals([of("a"), of("b")], [["a:1", "a:2", "a:3", "a:4"], ["b:1", "b:2"]]);
});

Deno.test("entries whose signatures contradict each other, or are missing, all come once", () => {
  const lists = [
    [entryOf("event", "1-0", "a:2"), entryOf("event", "1-1", "a:1"), entryOf("event", "1-2", "")],
    [entryOf("audit", "1-0", "a:1"), entryOf("audit", "1-1", "a:1")],
  ];
  assertEquals(interleave(lists).length, 5);
});

Deno.test("streams merge to the same order from either end, whatever their pages are", async () => {
  const random = randomFrom(3);
  const kinds = ["event", "audit", "dead_letter"] as const;
  const streams = kinds.map((): StreamEntry[] => []);
  let moment = 1;
  for (let count = 1; count <= 2000; count++) {
    if (random() < 0.2) moment++;
    const which = Math.floor(random() * kinds.length);
    const stream = streams[which]!;
    stream.push(entryOf(kinds[which]!, `${moment}-${stream.length}`, `a:${count}`));
  }
  async function* pagesOf(entries: readonly StreamEntry[]) {
    for (let from = 0; from < entries.length;) {
      const size = 1 + Math.floor(random() * 50);
      yield entries.slice(from, from += size);
    }
  }
  const forwards = (await Array.fromAsync(mergeStreams(streams.map(pagesOf), false))).flat();
  assertEquals(
    forwards.map(signedOf),
    Array.from({ length: 2000 }, (_, index) => `a:${index + 1}`),
  );
  const reversed = streams.map((stream) => pagesOf(stream.toReversed()));
  const backwards = (await Array.fromAsync(mergeStreams(reversed, true))).flat();
  assertEquals(backwards.reverse(), forwards);
});
