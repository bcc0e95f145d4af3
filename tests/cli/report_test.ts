import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

cliTest("report prints a page, Markdown or JSON", async (directory) => {
  const path = await storeOf(directory, events(5));
  const report = ["report", "--path", path];
  assertMatch(await papyraOk(report), /^<!doctype html>[^]*<\/html>\n$/);
  assertMatch(await papyraOk([...report, "--format", "md"]), /^# Papyra report\n/);
  for (const asked of [["--format", "json"], ["--json"]]) {
    const document = JSON.parse(await papyraOk([...report, ...asked]));
    assertEquals([document.schema, document.records.event], ["papyra.report/v1", 5]);
  }
  assertEquals((await papyra([...report, "--json", "--format", "md"])).code, 64);
});

cliTest("report --output replaces the file at once, and keeps its mode", async (directory) => {
  const path = await storeOf(directory, events(5));
  const file = join(directory, "report.html");
  const report = ["report", "--path", path, "--output", file];
  assertMatch(await papyraOk(report), /^Report written to .*\nThe store is healthy: 5 records/);
  assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
  await Deno.chmod(file, 0o644);
  const before = await Deno.stat(file);
  const written = JSON.parse(await papyraOk([...report, "--json"]));
  assertEquals([written.schema, written.format], ["papyra.report-file/v1", "html"]);
  const after = await Deno.stat(file);
  assertEquals([after.mode! & 0o777, after.ino === before.ino], [0o644, false]);
  assertEquals(await papyraOk([...report, "--quiet"]), "");
  assertStringIncludes(await Deno.readTextFile(file), "<!doctype html>");
});

cliTest(
  "report --output never writes through a link, nor over what is no file",
  async (directory) => {
    const path = await storeOf(directory, events(5));
    const precious = join(directory, "precious");
    const link = join(directory, "link");
    await Deno.writeTextFile(precious, "precious");
    await Deno.symlink(precious, link);
    for (const output of [link, directory, join(directory, "missing/report.html")]) {
      const { code, stderr } = await papyra(["report", "--path", path, "--output", output]);
      assertEquals(code, 74);
      assertMatch(stderr, /^papyra: Cannot write "/);
    }
    assertEquals(await Deno.readTextFile(precious), "precious");
    assertEquals((await Deno.lstat(link)).isSymlink, true);
  },
);

cliTest(
  "a report that could be made is a success, unless it is asked to fail",
  async (directory) => {
    const path = await damagedStore(directory);
    const report = ["report", "--path", path, "--format", "md"];
    assertStringIncludes(await papyraOk(report), "The store is damaged");
    assertEquals((await papyra([...report, "--fail-on-anomalies"])).code, 2);
    const gone = ["report", "--path", join(directory, "none.ndjson")];
    assertStringIncludes(await papyraOk([...gone, "--format", "md"]), "There is no store at");
    assertEquals((await papyra([...gone, "--require-store"])).code, 10);
  },
);
