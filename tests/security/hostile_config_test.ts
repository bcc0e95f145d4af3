/** Config files of somebody else, or of no sense. */

import { chmodSync, chownSync, lchownSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "../_assert.ts";
import { papyra } from "../cli/command_line.ts";
import { confinedTest } from "./_stage.ts";
import { isHarmless } from "./_terminal_safe.ts";
import { treeOf } from "./_tree.ts";

const STRANGER = 65534;
const REMOVES_ALL = '{"retention":{"max_records":0}}';
const COMPACT = ["persistence", "compact"];

/** Whose config file in the working directory must not decide what is removed. */
const STRANGERS: { readonly [what: string]: (file: string) => void } = {
  ...(Deno.uid() === 0
    ? {
      "that another user put there": (file) => chownSync(file, STRANGER, STRANGER),
      "to which another user's link leads": (file) => {
        Deno.renameSync(file, `${file}.mine`);
        symlinkSync(`${file}.mine`, file);
        lchownSync(file, STRANGER, STRANGER);
      },
    }
    : {}),
  "that everybody may write to": (file) => chmodSync(file, 0o666),
};

for (const [what, put] of Object.entries(STRANGERS)) {
  confinedTest(`a config file ${what} is followed only where it is named`, async (stage) => {
    const file = join(stage.directory, "papyra.json");
    await Deno.writeTextFile(file, REMOVES_ALL);
    put(file);
    const cwd = stage.directory;
    const before = treeOf(stage.shop);
    for (const command of [COMPACT, ["persistence", "scan"], ["record", "event", "--type", "T"]]) {
      const { code, stdout, stderr } = await papyra([...command, "--path", stage.path], { cwd });
      assertEquals([code, stdout], [78, ""]);
      assertMatch(
        stderr,
        /(another user|everybody) .*; if you mean it, name it: --config papyra.json/,
      );
    }
    assertEquals(treeOf(stage.shop), before);
    const named = [...COMPACT, "--config", "papyra.json", "--path", stage.path];
    assertMatch((await papyra(named, { cwd })).stdout, /^ {2}after_records: 0$/m);
  });
}

confinedTest("one's own config file is followed where it lies", async (stage) => {
  await Deno.writeTextFile(join(stage.directory, "papyra.json"), '{"retention":{"max_records":2}}');
  const { stdout } = await papyra([...COMPACT, "--path", stage.path], { cwd: stage.directory });
  assertMatch(stdout, /^ {2}after_records: 2$/m);
});

confinedTest("what is no file is no config file, and is not waited for", async (stage) => {
  const cwd = stage.directory;
  await new Deno.Command("mkfifo", { args: [join(cwd, "papyra.json")] }).output();
  const { code, stderr } = await papyra([...COMPACT, "--path", stage.path], { cwd });
  assertEquals(code, 78);
  assertMatch(stderr, /Cannot read config file papyra.json: it is not a regular file/);
  const endless = await papyra([...COMPACT, "--config", "/dev/zero", "--path", stage.path], {
    cwd,
  });
  assertEquals(endless.code, 78);
  assertMatch(endless.stderr, /it is larger than 1048576 bytes/);
});

const LONG = "k".repeat(900_000);

/** Contents that no config file has, each with what is said of it. */
const CONTENTS: readonly (readonly [content: string | Uint8Array, told: RegExp])[] = [
  ["", /JSON/],
  ["\0\x1b[2J", /JSON/],
  [new Uint8Array([0x7b, 0xff, 0x7d]), /encod|utf|valid/i],
  ["[".repeat(500_000), /JSON|must hold an object/],
  [`${"[".repeat(500_000)}${"]".repeat(500_000)}`, /it must hold an object/],
  ['{"a":'.repeat(100_000) + "1" + "}".repeat(100_000), /unknown key "a"/],
  [`{"${LONG}":1}`, /unknown key "k+…"/],
  [`{"store":${JSON.stringify(LONG)}.}`, /JSON/],
  [LONG, /JSON/],
  ['{"__proto__":{"store":"x"}}', /unknown key "__proto__"/],
  ['{"retention":{"constructor":1}}', /unknown key "retention.constructor"/],
  ['{"retention":{"by_kind":{"__proto__":{"max_records":0}}}}', /unknown key "retention.by_kind/],
  ['{"retention":{"max_records":-1}}', /a whole number from 0 up/],
  ['{"retention":{"max_records":1e400}}', /a whole number from 0 up/],
  ['{"store":"a\\u0000b"}', /as the path of a store/],
  ['{"store":["file:x"]}', /key "store" must be a string/],
  ['{"quarantine_dir":"/"}', /unknown key "quarantine_dir"/],
];

confinedTest(
  "a config file without sense is refused in one line, and nothing is done",
  async (stage) => {
    const file = join(stage.directory, "papyra.json");
    const before = treeOf(stage.shop);
    for (const [content, told] of CONTENTS) {
      await Deno.writeFile(
        file,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
      const { code, stdout, stderr } = await papyra(COMPACT, { cwd: stage.directory });
      assertEquals([code === 78 || code === 64, stdout], [true, ""], stderr);
      assertMatch(stderr, told);
      assert(isHarmless(stderr) && stderr.length < 1000, `${stderr.length} long`);
      assertEquals(stderr.trimEnd().split("\n").length, 1);
    }
    assertEquals(treeOf(stage.shop), before);
  },
);
