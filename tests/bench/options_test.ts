import { readOptions, UsageError } from "../../scripts/bench/_options.ts";
import { assertEquals, assertThrows } from "../_assert.ts";

const WORKLOADS = ["append", "scan", "compact"];

Deno.test("readOptions() takes all workloads, or those that are named", () => {
  assertEquals(readOptions([], WORKLOADS), {
    sizeBytes: 300e6,
    largeBytes: 1e9,
    rounds: 5,
    only: WORKLOADS,
    json: null,
    writesPage: false,
  });
  const args = ["--only", "scan", "--only", "append", "--size", "30MB", "--json", "x.json"];
  const options = readOptions(args, WORKLOADS);
  assertEquals(options.only, ["scan", "append"]);
  assertEquals([options.sizeBytes, options.json], [30e6, "x.json"]);
});

for (
  const [args, message] of [
    [["--only", "scna"], 'There is no workload "scna"; there are append, scan, compact'],
    [["--rounds", "0"], "--rounds has to be a whole number from 1 on"],
    [["--rounds", "1.5"], "--rounds has to be a whole number from 1 on"],
    [["--size", "many"], "--size: "],
    [["--write", "--only", "scan"], "--write takes all workloads"],
    [["--write", "--rounds", "4"], "at least 5 rounds"],
    [["--fast"], "--fast"],
  ] as const
) {
  Deno.test(`readOptions() refuses ${args.join(" ")}`, () => {
    assertThrows(() => readOptions(args, WORKLOADS), UsageError, message);
  });
}
