import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { cliTest, endOf, papyra, papyraOk, spawnPapyra } from "./_papyra.ts";
import { events, storeOf } from "./_stores.ts";

cliTest(
  "metrics export writes the document, or Prometheus's text, for everybody to read",
  async (directory) => {
    const path = await storeOf(directory, events(5));
    for (
      const [format, pattern] of [["json", /^\{"schema":"papyra.metrics\/v1"/], [
        "prometheus",
        /^# HELP papyra_/,
      ]] as const
    ) {
      const output = join(directory, format);
      await papyraOk(["metrics", "export", "--path", path, "--format", format, "--output", output]);
      const text = await Deno.readTextFile(output);
      assertMatch(text, pattern);
      assertEquals((await Deno.stat(output)).mode! & 0o777, 0o644);
      const same = await papyraOk(["metrics", "export", "--path", path, "--format", format]);
      assertEquals(same.split("\n").length, text.split("\n").length);
    }
    const left = [...Deno.readDirSync(directory)].filter(({ name }) => name.endsWith(".tmp"));
    assertEquals(left, []);
  },
);

cliTest("metrics export tells stores apart by the label that it is given", async (directory) => {
  const path = await storeOf(directory, events(2));
  const args = ["metrics", "export", "--path", path, "--store-label", 'a"b'];
  const text = await papyraOk(args);
  assertStringIncludes(text, 'papyra_records{store="a\\"b",kind="event"} 2\n');
});

cliTest(
  "metrics export says what retention would leave, where it is asked to",
  async (directory) => {
    const path = await storeOf(directory, events(5));
    const args = [
      "metrics",
      "export",
      "--path",
      path,
      "--json",
      "--with-retained",
      "--max-records",
      "2",
    ];
    const { gauges } = JSON.parse(await papyraOk(args));
    assertEquals([gauges.records.event, gauges.retained.records.event], [5, 2]);
    assert(gauges.retained.bytes < gauges.bytes);
  },
);

cliTest(
  "metrics export into a folder that is gone fails with 74, and says where",
  async (directory) => {
    const path = await storeOf(directory, events(1));
    const output = join(directory, "gone", "metrics.prom");
    const { code, stderr } = await papyra([
      "metrics",
      "export",
      "--path",
      path,
      "--output",
      output,
    ]);
    assertEquals(code, 74);
    assertStringIncludes(stderr, output);
  },
);

cliTest(
  "metrics export --every goes on, also while its folder is gone, until it is stopped",
  async (directory) => {
    const path = await storeOf(directory, events(1));
    const folder = join(directory, "out");
    await Deno.mkdir(folder);
    const output = join(folder, "metrics.prom");
    const child = spawnPapyra([
      "metrics",
      "export",
      "--path",
      path,
      "--output",
      output,
      "--every",
      "20ms",
    ]);
    const isThere = async () => {
      while (await Deno.stat(output).then(() => false, () => true)) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await isThere();
    // In one step: while it is emptied, another file would be put there.
    await Deno.rename(folder, join(directory, "gone"));
    await Deno.mkdir(folder);
    await isThere();
    child.kill("SIGTERM");
    const { code } = await endOf(child);
    assertEquals(code, 143);
    assertMatch(await Deno.readTextFile(output), /papyra_queue_bytes 0\n$/);
  },
);

cliTest("--every needs a file and a duration", async () => {
  for (const args of [["--every", "1s"], ["--every", "0s", "--output", "x"]]) {
    assertEquals((await papyra(["metrics", "export", "--path", "none", ...args])).code, 64);
  }
});

cliTest("metrics that are damaged are said on standard error", async (directory) => {
  const path = await storeOf(directory, events(1));
  await Deno.writeTextFile(
    join(directory, `.${path.slice(directory.length + 1)}.papyra`, "metrics.json"),
    "{",
  );
  const { code, stderr, stdout } = await papyra(["metrics", "persistence", "--path", path]);
  assertEquals(code, 0);
  assertMatch(stderr, /metrics\.json is damaged/);
  assertMatch(stdout, /^records\{kind=event\}: 1$/m);
});
