import { asksForJson, formatOf, LISTING_FORMATS } from "../../lib/cli/listing_format.ts";
import type { Session } from "../../lib/cli/session.ts";
import { assertEquals, assertThrows } from "../_assert.ts";

function sessionWith(isJson: boolean): Session {
  return { isJson } as Session;
}

Deno.test("formatOf() is text, --json or what --output says", () => {
  assertEquals(formatOf(undefined, sessionWith(false)), "text");
  for (const format of LISTING_FORMATS) assertEquals(formatOf(format, sessionWith(false)), format);
  assertEquals(formatOf(undefined, sessionWith(true)), "json");
  assertEquals(formatOf("json", sessionWith(true)), "json");
});

Deno.test("formatOf() refuses --json beside another format", () => {
  for (const format of ["text", "ndjson", "table"] as const) {
    assertThrows(() => formatOf(format, sessionWith(true)), Error, `--output ${format}`);
  }
});

Deno.test("asksForJson() knows every way to ask for one document", () => {
  const forms = ["--json", "-o json", "-ojson", "-o=json", "--output json", "--output=JSON"];
  for (const form of forms) assertEquals(asksForJson(["inspect", ...form.split(" ")]), true, form);
  const others = ["", "-o ndjson", "-ondjson", "--output=table", "json", "--type json -o table"];
  for (const form of others) assertEquals(asksForJson(form.split(" ")), false, form);
});
