import { join } from "node:path";
import { assertEquals, assertMatch } from "../_assert.ts";
import { eventLine } from "../storage/lines.ts";
import { cliTest, papyraCommand } from "../cli/command_line.ts";

const SEGMENTS = 10_000;
const OPEN_FILES_MAX = 256;

cliTest("ten thousand segments fit the open files that a process may have", async (directory) => {
  const path = join(directory, "events.ndjson");
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const firstSeq = 2 * segment + 1;
    const suffix = String(firstSeq).padStart(16, "0");
    const lines = `${eventLine(firstSeq)}\n${eventLine(firstSeq + 1)}\n`;
    Deno.writeTextFileSync(`${path}.${suffix}`, lines);
  }
  const last = 2 * SEGMENTS;
  const run = (...args: readonly string[]) => runLimited([...args, "--path", path]);
  const scan = async () => {
    const report = JSON.parse(await run("persistence", "scan", "--json", "--since-last"));
    return [report.records.event, report.anomalies_total];
  };
  for (const more of [1, 2, 3]) {
    const recorded = await run("record", "event", "--type", "T", "--rotate-records", "2");
    assertEquals(recorded, `${last + more}\n`);
  }
  const newest = await run("inspect", "events", "--limit", "50", "-o", "ndjson");
  assertEquals(numbersOf(newest), Array.from({ length: 50 }, (_, index) => last - 46 + index));
  const behind = await run("inspect", "events", "--after-seq", String(last - 10), "-o", "ndjson");
  assertEquals(numbersOf(behind).length, 13);
  assertEquals(await scan(), [last + 3, 0]);
  const compacted = await run("persistence", "compact", "--max-records", String(last - 96));
  assertMatch(compacted, /^ {2}removed_records: 99$/m);
  assertMatch(await run("persistence", "rotate"), /^ {2}seqs: 20003 to 20003$/m);
  assertEquals(await scan(), [last - 96, 0]);
});

async function runLimited(args: readonly string[]): Promise<string> {
  const script = `ulimit -n ${OPEN_FILES_MAX} && exec "$@"`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", script, "sh", ...papyraCommand(), ...args],
    env: { PAPYRA_STORE: "", PAPYRA_CONFIG: "", NO_COLOR: "1" },
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout);
}

function numbersOf(lines: string): number[] {
  return lines.trimEnd().split("\n").map((line) => JSON.parse(line).seq);
}
