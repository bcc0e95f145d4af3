/**
 * The page as Chromium shows it: it loads nothing else, complains of nothing, fits a phone, and can be
 * read by everybody.
 *
 * @module
 */

import axe from "axe-core";
import { assert, assertEquals } from "../_assert.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { createReport } from "../../lib/report/create_report.ts";
import { PAGE_POLICY, reportPage } from "../../lib/report/page/report_page.ts";
import { Browser, type Page } from "./browser.ts";
import { sampleReport } from "./sample_reports.ts";

const DESK = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };

/** What stands out of the window to the right, but for what can be scrolled there. */
const OVERFLOWING = `[...document.querySelectorAll("body *")]
  .filter((each) => each.closest(".scroll table, svg") === null)
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)
  .map((each) => each.outerHTML.slice(0, 200))
  .concat(document.documentElement.scrollWidth > innerWidth ? ["the page itself"] : [])`;

const VIOLATIONS = `axe.run({
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}).then(({ violations, passes }) => ({
  passes: passes.length,
  violations: violations.map(({ id, nodes }) =>
    id + ": " + nodes.map(({ html, failureSummary }) => html + failureSummary).join(" ")),
}))`;

async function pages(): Promise<ReadonlyMap<string, string>> {
  const directory = await Deno.makeTempDir({ prefix: "papyra-page-" });
  try {
    const samples = new Map<string, string>([["hostile", await hostilePage()]]);
    for (const name of ["empty", "healthy", "damaged"] as const) {
      await Deno.mkdir(`${directory}/${name}`);
      samples.set(name, reportPage(await sampleReport(name, `${directory}/${name}`)));
    }
    return samples;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function hostilePage(): Promise<string> {
  const names = ["<script>document.title='taken'</script>", '"><img src=/x onerror=alert(1)>'];
  await using store = new InMemoryPersistence();
  for (const eventType of [...names, "x".repeat(100), "ü ".repeat(60)]) {
    await store.recordEvent({ eventType });
  }
  const report = await createReport(store);
  const { description, verdict } = report;
  return reportPage({
    ...report,
    description: { ...description, store: `/srv/${"deep/".repeat(60)}${names.join("")}` },
    verdict: { ...verdict, state: "damaged", sentence: names.join(" "), next: "x".repeat(300) },
    operations: names.map((id) => ({ id, at: 1e300, operation: id, outcome: "pending", text: id })),
  });
}

/** Serves the pages as `papyra serve` does, and notes what is asked for. */
function serve(
  served: ReadonlyMap<string, string>,
  asked: string[],
): Deno.HttpServer<Deno.NetAddr> {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  return Deno.serve(options, ({ url }) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    const body = served.get(pathname.slice(1));
    const headers = {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `${PAGE_POLICY}; frame-ancestors 'none'`,
    };
    return new Response(body ?? "", { status: body === undefined ? 404 : 200, headers });
  });
}

Deno.test("the page in a browser", async (t) => {
  const served = await pages();
  const asked: string[] = [];
  await using server = serve(served, asked);
  await using browser = await Browser.start();
  const open = (name: string) =>
    browser.open(`http://127.0.0.1:${server.addr.port}/${name}`, { ...DESK, scheme: "light" });

  for (const name of served.keys()) {
    await t.step(`${name}: nothing else is loaded, and nothing complained of`, async () => {
      asked.length = 0;
      await using page = await open(name);
      assertEquals(asked, [`/${name}`]);
      const others = page.requests.filter((url) => !url.startsWith("data:"));
      assertEquals(others.length, 1);
      assertEquals(await page.evaluate("document.title.endsWith(' – Papyra report')"), true);
      assertEquals(await page.evaluate("document.scripts.length + document.images.length"), 0);
      await checkLayout(page);
      await checkAccess(page);
      assertEquals(page.complaints, []);
    });
  }

  await t.step("the style applies, in both colour schemes", async () => {
    await using page = await open("healthy");
    const background = () =>
      page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    assertEquals(await background(), "rgb(243, 245, 248)");
    await page.resize({ ...DESK, scheme: "dark" });
    assertEquals(await background(), "rgb(16, 21, 28)");
  });

  await t.step("the table behind the plot is reached and opened by keyboard", async () => {
    await using page = await open("healthy");
    const focused = () => page.evaluate<string>("document.activeElement.tagName");
    await page.press("Tab");
    assertEquals(await focused(), "SUMMARY");
    await page.press("Enter");
    assertEquals(await page.evaluate("document.querySelector('details').open"), true);
    await page.press("Tab");
    assertEquals(await page.evaluate("document.activeElement.getAttribute('role')"), "region");
    const rows = await page.evaluate<number>(
      "document.querySelectorAll('.numbers tbody tr').length",
    );
    const bars = await page.evaluate<number>(
      "document.querySelectorAll('.area > g > title').length",
    );
    assert(rows > 10 && rows === bars, `${rows} rows, ${bars} bars`);
  });
});

async function checkLayout(page: Page): Promise<void> {
  await page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)");
  for (const size of [PHONE, DESK]) {
    await page.resize({ ...size, scheme: "light" });
    assertEquals(await page.evaluate(OVERFLOWING), []);
  }
}

async function checkAccess(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  for (const viewport of [{ ...PHONE, scheme: "light" }, { ...DESK, scheme: "dark" }] as const) {
    await page.resize(viewport);
    const { passes, violations } = await page.evaluate<Findings>(VIOLATIONS);
    assertEquals(violations, []);
    assert(passes > 20, `only ${passes} rules applied`);
  }
}

interface Findings {
  readonly passes: number;
  readonly violations: readonly string[];
}
