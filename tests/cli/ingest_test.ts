import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";

const GOOD = '{"kind":"event","event_type":"A","timestamp":1}';
const MIXED = `${GOOD}\n\n{bad\n${GOOD}\n42\n{"kind":"nap"}\n${GOOD}`;

cliTest("ingest records every line and tells how many", async (directory) => {
  const path = join(directory, "events.ndjson");
  const stdin = `\ufeff${GOOD}\r\n{"kind":"audit"}\n{"kind":"dead_letter","message_type":"M"}`;
  assertEquals(
    await papyraOk(["ingest", "--path", path], { stdin }),
    "Ingest completed\n3 lines read, 3 records acknowledged as 1 to 3, 0 lines skipped\n",
  );
  const scan = JSON.parse(await papyraOk(["persistence", "scan", "--path", path, "--json"]));
  assertEquals(scan.records, { event: 1, audit: 1, dead_letter: 1 });
});

cliTest("ingest --print-acks prints each sequence number and nothing else", async (directory) => {
  const path = join(directory, "events.ndjson");
  const stdin = `${GOOD}\n`.repeat(2500);
  const { code, stdout, stderr } = await papyra(["ingest", "--path", path, "--print-acks"], {
    stdin,
  });
  assertEquals(code, 0);
  assertEquals(stdout, Array.from({ length: 2500 }, (_, index) => `${index + 1}\n`).join(""));
  assertMatch(stderr, /^papyra: 2500 lines read, 2500 records acknowledged as 1 to 2500/);
});

cliTest("a bad line stops ingest with its number; all before it is recorded", async (directory) => {
  const path = join(directory, "events.ndjson");
  const { code, stdout, stderr } = await papyra(
    ["ingest", "--path", path, "--print-acks"],
    { stdin: MIXED },
  );
  assertEquals({ code, stdout }, { code: 65, stdout: "1\n" });
  assertMatch(
    stderr,
    /^papyra: Cannot read line 3: not JSON .*; records acknowledged before that: 1$/m,
  );
  assertEquals((await Deno.readTextFile(path)).trimEnd().split("\n").length, 1);
});

cliTest("ingest --skip-invalid counts bad lines, names them and goes on", async (directory) => {
  const path = join(directory, "events.ndjson");
  const { code, stdout, stderr } = await papyra(
    ["ingest", "--path", path, "--skip-invalid"],
    { stdin: MIXED },
  );
  assertEquals(code, 0);
  assertStringIncludes(stdout, "7 lines read, 3 records acknowledged as 1 to 3, 3 lines skipped\n");
  assertMatch(stderr, /^papyra: skipped: Cannot read line 3: not JSON/m);
  assertMatch(stderr, /^papyra: skipped: Cannot record line 5: not a JSON object/m);
  assertMatch(stderr, /^papyra: skipped: Cannot record line 6: kind must be event/m);
});

cliTest(
  "ingest --json is one document, also with acknowledgements and an error",
  async (directory) => {
    const path = join(directory, "events.ndjson");
    const report = JSON.parse(
      await papyraOk(["ingest", "--path", path, "--json"], { stdin: GOOD }),
    );
    assertEquals([report.schema, report.recorded, report.last_seq], ["papyra.ingest/v1", 1, 1]);

    const failed = await papyra(["ingest", "--path", path, "--json"], { stdin: MIXED });
    const error = JSON.parse(failed.stdout);
    assertEquals([failed.code, error.schema, error.code], [65, "papyra.error/v1", "INVALID_INPUT"]);
    assertEquals([error.exit_code, error.line], [65, 3]);

    const acked = await papyra(["ingest", "--path", path, "--json", "--print-acks"], {
      stdin: MIXED,
    });
    const document = JSON.parse(acked.stdout);
    assertEquals([acked.code, document.schema], [65, "papyra.ingest/v1"]);
    assertEquals(document.acks, [{ line: 1, seq: 3 }]);
    assertEquals([document.error.code, document.error.line], ["INVALID_INPUT", 3]);
    assertEquals([failed.stderr, acked.stderr], ["", ""]);
  },
);

cliTest("ingest of nothing records nothing", async (directory) => {
  const path = join(directory, "events.ndjson");
  for (const stdin of ["", "\n\n"]) {
    const stdout = await papyraOk(["ingest", "--path", path], { stdin });
    assertMatch(stdout, /lines read, 0 records acknowledged, 0 lines skipped\n$/);
  }
});

cliTest("ingest refuses numbers that would be rounded", async (directory) => {
  const path = join(directory, "events.ndjson");
  const stdin = `${GOOD}\n{"kind":"event","payload":{"id":12345678901234567890}}\n`;
  const { code, stderr } = await papyra(["ingest", "--path", path], { stdin });
  assertEquals(code, 65);
  assertStringIncludes(stderr, "Cannot read line 2: number 12345678901234567890 would be rounded");
});
