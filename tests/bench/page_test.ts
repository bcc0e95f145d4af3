import { describe } from "../../scripts/bench/_figures.ts";
import { type BenchRun, pageMarkdown } from "../../scripts/bench/_page.ts";
import { assert, assertEquals, assertStringIncludes } from "../_assert.ts";

const RUN: BenchRun = {
  date: "2026-03-01T10:00:00.000Z",
  machine: {
    cpu: "Example 9000",
    cores: 2,
    memoryBytes: 16e9,
    system: "Linux 6.1",
    disk: "/dev/vda, ext4",
  },
  versions: { Deno: "2.9.6", jq: "1.6" },
  rounds: 5,
  sizeBytes: 300e6,
  largeBytes: 1e9,
  workloads: [describe({
    name: "Durable append, Deno",
    unit: "records/s",
    about: "Every record is synced.",
    variants: [],
    goals: [
      { of: "papyra", against: "a | b", atLeast: 0.75 },
      { of: "papyra", against: "a | b", atLeast: 2 },
    ],
  }, [
    { name: "a | b", values: [1_000_000, 1_200_000], peaks: [] },
    { name: "papyra", isPapyra: true, values: [900_000, 1_080_000], peaks: [97_400_000, 1] },
  ])],
};

const PAGE = pageMarkdown(RUN);

Deno.test("pageMarkdown() tells of the machine and of all versions", () => {
  for (
    const text of ["2026-03-01", "Example 9000, 2 cores", "/dev/vda, ext4", "jq 1.6", "1 000 MB"]
  ) {
    assertStringIncludes(PAGE, text);
  }
});

Deno.test("pageMarkdown() has a row a variant, whatever its name holds", () => {
  const rows = PAGE.slice(PAGE.indexOf("## Durable append, Deno")).split("\n")
    .filter((line) => line.startsWith("|"));
  assertEquals(rows, [
    "|  | median, records/s | spread | ratio | peak |",
    "| --- | ---: | ---: | ---: | ---: |",
    "| a \\| b | 1 100 000 | ±9 % | 1x |  |",
    "| papyra | 990 000 | ±9 % | 0.9x | 97 MB |",
  ]);
});

Deno.test("pageMarkdown() tells which goals were missed, beside the workload and above all of them", () => {
  const missed = "papyra beside a | b: 0.9x (at least 2x)";
  assertStringIncludes(
    PAGE,
    "2 of 3 goals are reached. Missed:\n\n- Durable append, Deno: " + missed,
  );
  assertStringIncludes(PAGE, `- **missed**: ${missed}`);
  assertStringIncludes(PAGE, "- reached: papyra beside a | b: 0.9x (at least 0.75x)");
  assertStringIncludes(PAGE, "- reached: memory of papyra: 97 MB (at most 150 MB)");
});

Deno.test("pageMarkdown() gives all workloads of a run their section", () => {
  const [workload] = RUN.workloads;
  const twice = pageMarkdown({ ...RUN, workloads: [workload!, { ...workload!, name: "Scan" }] });
  assert(/^## Durable append, Deno$.*^## Scan$.*^## How to measure again$/ms.test(twice));
});
