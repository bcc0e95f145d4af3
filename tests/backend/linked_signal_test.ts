import { linkSignals } from "../../lib/backend/linked_signal.ts";
import { assertEquals } from "../_assert.ts";

Deno.test("linkSignals() fires with the first of its sources, for the same reason", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const { signal } = linkSignals([one.signal, undefined, other.signal]);
  assertEquals(signal.aborted, false);
  other.abort("second");
  one.abort("first");
  assertEquals([signal.aborted, signal.reason], [true, "second"]);
});

Deno.test("linkSignals() gives one that has fired where a source has", () => {
  const { signal } = linkSignals([AbortSignal.abort("before")]);
  assertEquals([signal.aborted, signal.reason], [true, "before"]);
});

Deno.test("linkSignals() lets go of its sources when told to", () => {
  const source = new AbortController();
  const { signal, unlink } = linkSignals([source.signal]);
  unlink();
  source.abort();
  assertEquals(signal.aborted, false);
});
