import { PapyraError } from "../../lib/errors.ts";
import type { JsonObject, RecordInput } from "../../lib/model/record.ts";
import {
  decodeRecord,
  encodeRecord,
  inputFromWire,
  recordToWire,
  WIRE_FIELDS,
} from "../../lib/model/wire.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../_assert.ts";

const NOW = 1_700_000_000.5;

const INPUTS: readonly RecordInput[] = [
  { kind: "event", eventType: "A" },
  {
    kind: "event",
    timestamp: 1.25,
    systemId: "s",
    actorAddress: { system: "a", actorId: 1 },
    eventType: "ü\ud800",
    payload: JSON.parse('{"__proto__":{"a":1},"":[1e300,5e-324,1152921504606846976],"z":null}'),
  },
  { kind: "audit" },
  { kind: "audit", totalActors: 3, registryOrphans: ["a", ""], registryDead: ["b"] },
  { kind: "dead_letter", messageType: "" },
  { kind: "dead_letter", messageType: "M", target: "local:1", payload: [["deep"]] },
];

function parsed(input: RecordInput): JsonObject {
  return JSON.parse(encodeRecord(input, () => NOW)) as JsonObject;
}

Deno.test("encodeRecord() writes the fields of each kind in their order", () => {
  for (const input of INPUTS) {
    assertEquals(Object.keys(parsed(input)), [...WIRE_FIELDS[input.kind]]);
  }
  const text = encodeRecord({ kind: "event", eventType: "A" }, () => NOW);
  assertEquals(
    text.startsWith('{"kind":"event","timestamp":1700000000.5,"system_id":"local",'),
    true,
  );
});

Deno.test("encodeRecord() fills in what is not given", () => {
  assertEquals(parsed({ kind: "audit" }), {
    kind: "audit",
    timestamp: NOW,
    system_id: "local",
    total_actors: 0,
    alive_actors: 0,
    stopping_actors: 0,
    restarting_actors: 0,
    registry_size: 0,
    registry_orphans: [],
    registry_dead: [],
    dead_letters_count: 0,
  });
});

Deno.test("encodeRecord() writes half surrogate pairs as escapes, so that the line is UTF-8", () => {
  const text = encodeRecord({ kind: "event", eventType: "\ud800" }, () => NOW);
  assertStringIncludes(text, '"event_type":"\\ud800"');
});

Deno.test("encodeRecord() names the field that it refuses", () => {
  const cases: readonly [unknown, string][] = [
    [{ kind: "event" }, "eventType must be a string"],
    [{ kind: "event", eventType: "A", payload: [] }, "payload of an event must be an object"],
    [{ kind: "event", eventType: "A", payload: { a: NaN } }, "payload.a is NaN"],
    [{ kind: "event", eventType: "A", actorAddress: 7 }, "actorAddress must be a string or"],
    [{ kind: "audit", aliveActors: 0.5 }, "aliveActors must be a whole number"],
    [{ kind: "audit", timestamp: NaN }, "timestamp must be a finite number"],
    [{ kind: "dead_letter", messageType: "M", target: {} }, "target must be a string or"],
    [{ kind: "other" }, "kind must be event, audit or dead_letter"],
    [null, "the record must be an object"],
  ];
  for (const [input, message] of cases) {
    const error = assertThrows(() => encodeRecord(input as RecordInput, () => NOW), PapyraError);
    assertEquals(error.code, "INVALID_RECORD");
    assertStringIncludes(error.message, message);
  }
});

Deno.test("encodeRecord() hands on what a getter throws as the cause", () => {
  const cause = new RangeError("not today");
  const payload = {
    get value(): never {
      throw cause;
    },
  };
  const error = assertThrows(
    () => encodeRecord({ kind: "dead_letter", messageType: "M", payload }, () => NOW),
    PapyraError,
  );
  assertEquals([error.code, error.cause], ["INVALID_RECORD", cause]);
});

Deno.test("recordToWire() undoes decodeRecord()", () => {
  for (const input of INPUTS) {
    const wire = parsed(input);
    assertEquals(recordToWire(decodeRecord(wire, 7)!), { ...wire, seq: 7 });
    assertEquals(recordToWire(decodeRecord(wire, null)!), wire);
  }
});

Deno.test("inputFromWire() gives back what encodes to the same bytes", () => {
  for (const input of INPUTS) {
    const text = encodeRecord(input, () => NOW);
    assertEquals(encodeRecord(inputFromWire(JSON.parse(text) as JsonObject), () => 0), text);
  }
});

Deno.test("inputFromWire() fills in what an original store leaves out", () => {
  for (const kind of ["event", "audit", "dead_letter"] as const) {
    assertEquals(
      encodeRecord(inputFromWire({ kind }), () => NOW),
      encodeRecord({
        kind,
        eventType: "",
        messageType: "",
      } as RecordInput, () => NOW),
    );
  }
});

Deno.test("inputFromWire() refuses what is not a record", () => {
  const wires: JsonObject[] = [
    {},
    { kind: "checkpoint" },
    { kind: "event", actor_address: 7 },
    { kind: "event", event_type: 7 },
    { kind: "event", payload: [] },
    { kind: "audit", registry_dead: [1] },
    { kind: "dead_letter", target: {} },
  ];
  for (const wire of wires) {
    const error = assertThrows(() => inputFromWire(wire), PapyraError);
    assertEquals(error.code, "INVALID_RECORD", JSON.stringify(wire));
  }
});

Deno.test("decodeRecord() reads a record with nothing but its kind", () => {
  assertEquals(decodeRecord({ kind: "event" }, null), {
    kind: "event",
    timestamp: null,
    systemId: "local",
    actorAddress: "",
    eventType: "",
    payload: {},
    seq: null,
  });
  assertEquals(decodeRecord({ kind: "dead_letter" }, 1)?.kind, "dead_letter");
});

Deno.test("decodeRecord() ignores what it does not know and what has the wrong type", () => {
  const wire = {
    kind: "audit",
    timestamp: "late",
    total_actors: "3",
    registry_dead: ["a", 1],
    x: 1,
  };
  const record = decodeRecord(wire, null);
  assertEquals([record?.timestamp, record?.kind], [null, "audit"]);
  assertEquals(record?.kind === "audit" && [record.totalActors, record.registryDead], [0, ["a"]]);
});

Deno.test("decodeRecord() answers null to kinds that are no records", () => {
  for (const kind of ["checkpoint", "Event", 1, null]) {
    assertEquals(decodeRecord({ kind }, 1), null);
  }
});
