import { assertEquals } from "../_assert.ts";
import { addTotals, countTests, totalsOfRun } from "../../scripts/_junit.ts";

const DENO = `<testsuites name="deno test" tests="4" failures="2">
  <testsuite name="./a_test.ts" tests="4" disabled="1" errors="0" failures="2">
    <testcase name="prints &lt;failure&gt; and &lt;skipped/&gt;"></testcase>
    <testcase name="bad"><failure message="Uncaught">&lt;testcase name=</failure></testcase>
    <testcase name="ignored"><skipped/></testcase>
    <testcase name="steps &gt; two"><failure message="Uncaught 1">1</failure></testcase>
  </testsuite>
</testsuites>`;

const BUN = `<testsuites name="bun test" tests="3" failures="1" skipped="1">
  <testsuite name="x.bun.ts"><testcase name="a" assertions="0" />
    <testsuite name="d"><testcase name="y"><skipped /></testcase>
      <testcase name="z"><failure type="Error" message="b">Error: b</failure></testcase>
    </testsuite>
  </testsuite>
</testsuites>`;

Deno.test("countTests() counts what the runners report", () => {
  assertEquals(countTests(DENO), { passed: 1, failed: 2, skipped: 1 });
  assertEquals(countTests(BUN), { passed: 1, failed: 1, skipped: 1 });
  assertEquals(countTests(""), { passed: 0, failed: 0, skipped: 0 });
});

Deno.test("totalsOfRun() counts a crashed runner as a failure", () => {
  assertEquals(totalsOfRun("/nonexistent/report.xml", 139), { passed: 0, failed: 1, skipped: 0 });
  assertEquals(totalsOfRun("/nonexistent/report.xml", 0), { passed: 0, failed: 0, skipped: 0 });
});

Deno.test("addTotals() adds up", () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  assertEquals(addTotals([one, one]), { passed: 2, failed: 4, skipped: 6 });
});
