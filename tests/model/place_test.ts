import { assertEquals } from "../_assert.ts";
import { comparePlaces } from "../../lib/model/place.ts";

Deno.test("places come in the order of their numbers, to the last digit", () => {
  const places = [
    "0",
    "7",
    "12",
    "9007199254740992",
    "9007199254740993",
    "1700000000000000000-0",
    "1700000000000000000-3",
    "1700000000000000000-18446744073709551614",
    "1700000000000000000-18446744073709551615",
  ];
  for (const [index, one] of places.entries()) {
    for (const [at, other] of places.entries()) {
      assertEquals(Math.sign(comparePlaces(one, other)), Math.sign(index - at), `${one} ${other}`);
    }
  }
  assertEquals(comparePlaces("5", "5-0"), 0);
});
