import {
  addressFromWire,
  addressToWire,
  canonicalAddress,
  formatAddress,
  isActorAddress,
  isSameAddress,
  parseAddress,
} from "../../lib/model/address.ts";
import type { JsonValue } from "../../lib/model/record.ts";
import { PapyraError } from "../../lib/errors.ts";
import { assert, assertEquals, assertThrows } from "../_assert.ts";

Deno.test("addressFromWire() reads both forms", () => {
  assertEquals(addressFromWire("local://1"), "local://1");
  assertEquals(addressFromWire({ system: "a", actor_id: 1 }), { system: "a", actorId: 1 });
  assertEquals(addressFromWire({ system: "a", actor_id: "w" }), { system: "a", actorId: "w" });
});

Deno.test("addressFromWire() answers null to what is no address", () => {
  const values: (JsonValue | undefined)[] = [
    undefined,
    null,
    1,
    true,
    [],
    ["local", 1],
    {},
    { system: "a" },
    { system: 1, actor_id: 1 },
    { system: "a", actor_id: null },
  ];
  for (const value of values) assertEquals(addressFromWire(value), null, JSON.stringify(value));
});

Deno.test("addressToWire() and addressFromWire() are each other's way back", () => {
  for (const address of ["", "local:1", { system: "a", actorId: "b" }]) {
    assertEquals(addressFromWire(addressToWire(address)), address);
  }
});

Deno.test("formatAddress() writes both forms for people", () => {
  assertEquals(formatAddress("local:1"), "local:1");
  assertEquals(formatAddress({ system: "local", actorId: 1 }), "local://1");
});

Deno.test("isSameAddress() sees through the form", () => {
  const forms = ["local://1", "local:1", { system: "local", actorId: 1 }, {
    system: "local",
    actorId: "1",
  }];
  for (const one of forms) {
    for (const other of forms) assert(isSameAddress(one, other));
    for (const other of ["local://10", "other:1", "1", { system: "local", actorId: 2 }]) {
      assert(!isSameAddress(one, other));
    }
  }
  assert(isSameAddress("a://b:1", { system: "a", actorId: "b:1" }));
});

Deno.test("canonicalAddress() is one text for an actor, and another for another", () => {
  const forms = ["local://1", "local:1", { system: "local", actorId: 1 }];
  assertEquals(new Set(forms.map(canonicalAddress)), new Set(["local://1"]));
  assertEquals(["", "worker", "a/b:c"].map(canonicalAddress), ["", "worker", "a/b:c"]);
});

Deno.test("isActorAddress() knows what callers may give", () => {
  for (
    const address of ["", "local:1", { system: "a", actorId: "b" }, { system: "", actorId: 1 }]
  ) {
    assert(isActorAddress(address));
  }
  const others = [undefined, null, 1, [], {}, { system: "a" }, { system: "a", actorId: 1.5 }, {
    system: "a",
    actor_id: 1,
  }];
  for (const value of others) assert(!isActorAddress(value), JSON.stringify(value));
});

Deno.test("parseAddress() reads every form in which an address is written", () => {
  for (const text of ["local://1", "local:1", "worker", ""]) assertEquals(parseAddress(text), text);
  assertEquals(parseAddress(' {"system": "local", "actor_id": 1}'), {
    system: "local",
    actorId: 1,
  });
});

Deno.test("parseAddress() refuses JSON that is no address, and numbers that it would round", () => {
  const texts = ["{", "{}", '{"system":"a"}', '{"system":"a","actor_id":9007199254740993}'];
  for (const text of texts) {
    const error = assertThrows(() => parseAddress(text), PapyraError);
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});
