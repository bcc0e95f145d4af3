import { Buffer } from "node:buffer";
import { assertEquals } from "../../_assert.ts";
import { textMemberOf } from "../../../lib/storage/lines/text_member.ts";

const encoder = new TextEncoder();
const NAME = Buffer.from('"event_type"');

Deno.test("a text is found behind values of every form", () => {
  for (
    const [line, expected] of [
      ['{"event_type":"A"}', "A"],
      ['{"timestamp":1.5e-7,"x":"a\\",\\"event_type\\":\\"B\\\\","event_type":"A"}', "A"],
      [
        '{"x":null,"y":{"event_type":"B","z":[1,"}",{}]},"event_type":"Grüße, 你好"}',
        "Grüße, 你好",
      ],
      ['{"x":[],"event_type":"","payload":{"n":"\\n"}}', ""],
    ] as const
  ) assertEquals(textMemberOf(encoder.encode(line), NAME), expected);
});

Deno.test("what takes parsing is left to a parser", () => {
  for (
    const line of [
      '{"event_type":"A\\u0041"}',
      '{"event_type":"A\\n"}',
      '{"event_type":null}',
      '{"event_type":["A"]}',
      '{"event_type":"A","event_type":"B"}',
      '{"event_type":"A","event\\u005ftype":"B"}',
      '{"event\\u005ftype":"A"}',
      '{"kind":"event","x":{"event_type":"A"}}',
      '{"kind": "event", "event_type": "A"}',
      "{}",
      "{",
      "",
    ]
  ) assertEquals(textMemberOf(encoder.encode(line), NAME), null, line);
});
