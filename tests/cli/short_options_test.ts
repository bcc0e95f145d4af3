import { flag, optional } from "../../lib/cli/option.ts";
import { withLongNames } from "../../lib/cli/short_options.ts";
import { asText } from "../../lib/cli/value_readers.ts";
import { assertEquals } from "../_assert.ts";

const SPECS = Object.entries({
  outputFile: optional({ placeholder: "FILE", short: "o", summary: "" }, asText),
  path: optional({ placeholder: "PATH", summary: "" }, asText),
  help: flag(""),
});

Deno.test("withLongNames() spells out options that have a letter and a value", () => {
  const forms: readonly (readonly [given: string, meant: string])[] = [
    ["-o json", "--output-file json"],
    ["-ojson", "--output-file=json"],
    ["-o=json", "--output-file=json"],
    ["-o", "--output-file"],
    ["-h -x --o -- -ojson", "-h -x --o -- -ojson"],
    ["--path o", "--path o"],
  ];
  for (const [given, meant] of forms) {
    assertEquals(withLongNames(given.split(" "), SPECS), meant.split(" "));
  }
});
