import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { cliTest, papyra } from "./_papyra.ts";
import { events, storeOf } from "./_stores.ts";

const LINE = '{"kind":"event","timestamp":1,"event_type":"A"}';

/** Contents of files, the exit code of a scan, and a line that it prints. */
const CONTENTS: readonly (readonly [name: string, content: string, code: number, line: RegExp])[] =
  [
    ["an empty file", "", 0, /^Persistence is healthy$/m],
    ["newlines only", "\n\n\n", 0, /^Persistence is healthy$/m],
    ["a byte-order mark", `\ufeff${LINE}\n`, 0, /^Scanned 1 events/m],
    ["CRLF", `${LINE}\r\n${LINE}\r\n`, 0, /^Scanned 2 events/m],
    ["no newline at the end", `${LINE}\n${LINE}`, 0, /^Scanned 2 events/m],
    ["NaN of Python", `${LINE.replace("1", "NaN")}\n`, 0, /^Persistence is healthy$/m],
    ["a torn line at the end", `${LINE}\n${LINE.slice(0, 20)}`, 2, /^- TRUNCATED_LINE: /m],
    ["NULs in the middle", `${LINE}\n\0\0\0\0\n${LINE}\n`, 2, /^- NUL_PADDING: /m],
    ["NULs at the tail", `${LINE}\n\0\0\0\0`, 2, /^- NUL_PADDING: /m],
    ["a scalar", `${LINE}\n42\n`, 2, /^- NOT_A_RECORD: .*line 2/m],
    ["an array", `[1]\n${LINE}\n`, 2, /^- NOT_A_RECORD: .*line 1/m],
    ["something that is no JSON", `{"kind":\n${LINE}\n`, 2, /^- (CORRUPTED_LINE|PARTIAL_WRITE): /m],
    [
      "a good record glued behind a torn one",
      `${LINE.slice(0, 20)}${LINE}\n`,
      2,
      /^- PARTIAL_WRITE: /m,
    ],
  ];

for (const [name, content, expected, line] of CONTENTS) {
  cliTest(`scan of a file with ${name} exits ${expected}`, async (directory) => {
    const path = join(directory, "events.ndjson");
    await Deno.writeTextFile(path, content);
    const { code, stdout, stderr } = await papyra(["persistence", "scan", "--path", path]);
    assertEquals({ code, stderr }, { code: expected, stderr: "" });
    assertMatch(stdout, line);
  });
}

cliTest(
  "scan of a file with invalid UTF-8 exits 2, and listing passes it over",
  async (directory) => {
    const path = join(directory, "events.ndjson");
    const good = new TextEncoder().encode(`${LINE}\n`);
    await Deno.writeFile(path, new Uint8Array([...good, 0x7b, 0xff, 0xfe, 0x0a, ...good]));
    const scan = await papyra(["persistence", "scan", "--path", path]);
    assertEquals(scan.code, 2);
    assertMatch(scan.stdout, /^- INVALID_UTF8: .*line 2/m);
    const list = await papyra(["inspect", "events", "--path", path]);
    assertEquals([list.code, list.stdout], [0, "[1.000] A \n[1.000] A \n"]);
    assertMatch(
      list.stderr,
      /^papyra: 1 damaged lines were passed over: run papyra persistence scan/,
    );
  },
);

/** Paths that are no store, with a part of what is said. */
const PATHS: readonly (readonly [name: string, path: string, message: RegExp])[] = [
  ["a directory", "folder", /folder" as a store: it is a directory/],
  ["a dangling link", "dangling", /dangling" as a store: it is a link to something that is not/],
  ["below a file", "file/events.ndjson", /events\.ndjson"?: .*not a directory|ENOTDIR/],
];

for (const [name, path, message] of PATHS) {
  cliTest(`a path that is ${name} is one clear line and exit code 74`, async (directory) => {
    await Deno.mkdir(join(directory, "folder"));
    await Deno.symlink("nowhere", join(directory, "dangling"));
    await Deno.writeTextFile(join(directory, "file"), `${LINE}\n`);
    for (const command of ["persistence scan", "inspect events", "persistence compact"]) {
      const args = [...command.split(" "), "--path", path];
      const { code, stdout, stderr } = await papyra(args, { cwd: directory });
      assertEquals({ code, stdout }, { code: 74, stdout: "" });
      assertMatch(stderr.trimEnd().split("\n").at(-1)!, message);
    }
  });
}

cliTest("a path with spaces and letters of all kinds is a path like others", async (directory) => {
  const path = await storeOf(directory, events(2), "my events ☃ 漢字.ndjson");
  const { code, stdout } = await papyra(["persistence", "scan", "--path", path, "--json"]);
  assertEquals([code, JSON.parse(stdout).store], [0, path]);
});

cliTest("a path that looks like a URL stays a path", async (directory) => {
  const args = ["record", "event", "--type", "T", "--path", "redis:events"];
  const { code, stdout } = await papyra(args, { cwd: directory });
  assertEquals({ code, stdout }, { code: 0, stdout: "1\n" });
  assertStringIncludes(await Deno.readTextFile(join(directory, "redis:events")), '"seq":1');
  const double = `/${directory}/events.ndjson`;
  assertEquals((await papyra(["record", "event", "--type", "T", "--path", double])).code, 0);
  assertStringIncludes(await Deno.readTextFile(join(directory, "events.ndjson")), '"seq":1');
});
