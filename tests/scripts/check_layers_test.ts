import { assertEquals, assertMatch } from "../_assert.ts";
import { checkFile, checkLayers } from "../../scripts/check_layers.ts";

/** A bad sample of each rule: path, text, and what is said of it. */
const BAD: readonly (readonly [path: string, text: string, message: RegExp])[] = [
  ["lib/model/a.ts", 'import { b } from "../storage/b.ts";', /lib\/model may import only/],
  ["lib/errors.ts", 'export { b } from "./model/b.ts";', /may import only nothing/],
  ["lib/storage/a.ts", 'import type { B } from "../backend/b.ts";', /lib\/storage may import/],
  ["lib/metrics/a.ts", 'const b = await import("../cli/b.ts");', /lib\/metrics may import/],
  ["lib/backend/a.ts", 'import {\n  b,\n} from "../backends/registry.ts";', /may import only/],
  ["lib/operations/a.ts", 'import { b } from "../storage/b.ts";', /lib\/operations may import/],
  ["lib/novelty/a.ts", 'import { b } from "./b.ts";', /no known layer/],
  ["lib/cli/a.ts", 'import { b } from "../storage/_b.ts";', /private to lib\/storage/],
  ["lib/cli/a.ts", 'import { b } from "../backends/file/b.ts";', /name a backend/],
  ["lib/backends/file/a.ts", 'import { b } from "../memory/b.ts";', /name a backend/],
  ["cli.ts", 'import { b } from "./lib/model/b.ts";', /cli\.ts may import only/],
  ["mod.ts", 'export { a } from "./lib/a.ts";\nconst b = 1;', /more than re-exports/],
  ["lib/backends/file/a.ts", 'import { open } from "node:fs/promises";', /touches files/],
  ["lib/model/a.ts", 'console.log("a");', /prints/],
  ["lib/cli/a.ts", "  process.exit(1);", /ends the process/],
  ["lib/operations/a.ts", "const b = Deno.pid;", /names Deno/],
  ["lib/model/a.ts", "function f(b: any) {}", /says any/],
  ["lib/model/a.ts", "a;\n".repeat(401), /401 lines/],
  ["lib/model/a.ts", `function f() {\n${"  a;\n".repeat(69)}}\n`, /function of 71 lines/],
  [
    "lib/model/a.ts",
    `class A {\n  async #f(\n  ) {\n${"    a;\n".repeat(68)}  }\n}`,
    /of 71 lines/,
  ],
  ["scripts/a.ts", "// TO" + "DO: finish", /unfinished/],
  ["tests/a_test.ts", "Deno.test.on" + 'ly("a", () => {});', /keeps other tests/],
  ["tests/a_test.ts", "Deno.test.igno" + 're("a", () => {});', /skips a test/],
  ["lib/model/a.ts", "// @ts-igno" + "re", /without a reason/],
  ["lib/model/a.ts", "// deno-lint-igno" + "re no-console", /without a reason/],
];

/** What the rules must not complain of. */
const GOOD: readonly (readonly [path: string, text: string])[] = [
  ["lib/model/a.ts", 'import { b } from "../errors.ts";\nimport { c } from "./c.ts";'],
  ["lib/backends/registry.ts", 'import { b } from "./file/b.ts";'],
  ["lib/backends/file/a.ts", 'import { b } from "../../storage/b.ts";'],
  ["lib/operations/a.ts", 'import { openBackend } from "../backends/registry.ts";'],
  ["mod.ts", '/** Doc. */\nexport { a, type B } from "./lib/a.ts";\nexport * from "./lib/b.ts";'],
  ["tests/storage/a_test.ts", 'import { b } from "../../lib/storage/_b.ts";'],
  ["lib/storage/native/native_file_system.ts", 'import { open } from "node:fs";'],
  ["lib/model/a.ts", ' * import { open } from "node:fs";\n// console.log and any other'],
  ["lib/cli/a.ts", "console.error(1);"],
  ["lib/model/a.ts", 'const HELP = "log it with console.log, or: any other way";'],
  ["lib/model/a.ts", `function f() {\n${"  a;\n".repeat(68)}}\n`],
  ["tests/a_test.ts", `Deno.test("a", () => {\n${"  a;\n".repeat(90)}});\nif (b) {\n}\n`],
  ["tests/a_test.ts", "// No such disk here.\nDeno.test.igno" + 're("a", () => {});'],
  ["lib/model/a.ts", "// deno-lint-igno" + "re no-console -- the one place that prints"],
];

Deno.test("checkFile() catches every bad sample", () => {
  for (const [path, text, message] of BAD) {
    const found = checkFile({ path, text }).map((finding) => finding.message);
    assertEquals(found.length, 1, `${path}: ${text.slice(0, 80)} gives ${JSON.stringify(found)}`);
    assertMatch(found[0]!, message);
  }
});

Deno.test("checkFile() accepts every good sample", () => {
  for (const [path, text] of GOOD) assertEquals(checkFile({ path, text }), []);
});

Deno.test("checkFile() names the line", () => {
  const text = '/**\n * Doc.\n */\n\nimport { b } from "../cli/b.ts";\n';
  assertEquals(checkFile({ path: "lib/model/a.ts", text })[0]!.line, 5);
});

Deno.test("checkLayers() finds nothing in this checkout", async () => {
  assertEquals(await checkLayers(), []);
});
