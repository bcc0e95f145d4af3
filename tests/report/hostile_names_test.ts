import { assert, assertEquals } from "../_assert.ts";
import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { createReport } from "../../lib/report/create_report.ts";
import { reportMarkdown } from "../../lib/report/report_markdown.ts";
import { reportPage } from "../../lib/report/page/report_page.ts";
import type { StoreReport } from "../../lib/report/store_report.ts";

const HOSTILE = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</style><svg onload=alert(1)>",
  "${alert(1)} `code` ``` | cell | [link](https://example.org) www.example.org @all",
  "line\nbreak\r\u001b[31m\u202edrow\u0000",
  "&lt;b&gt; ' onclick='alert(1)",
  "-->]]><!--",
];

const UNSAFE = /(?!\n)[\p{Cc}\u202a-\u202e]/u;

async function hostileReport(): Promise<StoreReport> {
  await using store = new InMemoryPersistence();
  for (const name of HOSTILE) {
    await store.recordEvent({ eventType: name });
    await store.recordDeadLetter({ messageType: name });
  }
  const report = await createReport(store, { topTypes: 100 });
  const text = HOSTILE.join(" ");
  const place = { count: 1, offset: null, line: null, reason: text, next: text } as const;
  return {
    ...report,
    description: { ...report.description, store: text },
    verdict: { state: "damaged", sentence: text, next: text },
    anomalies: {
      total: HOSTILE.length,
      counts: {},
      isTruncated: false,
      places: HOSTILE.map((file) => ({
        ...place,
        file,
        code: "UNEXPECTED_FILE",
        severity: "error",
      })),
    },
    operations: HOSTILE.map((id) => ({ id, at: 0, operation: id, outcome: "done", text: id })),
  };
}

Deno.test("names in the page are text, whatever they look like", async () => {
  const report = await hostileReport();
  const page = reportPage(report);
  const tagsOf = (text: string) =>
    new Set([...text.matchAll(/<\/?([a-z!-]+)/gi)].map(([, tag]) => tag));
  const harmless = reportPage({
    ...report,
    anomalies: { ...report.anomalies, places: [{ ...report.anomalies.places[0]!, file: "f" }] },
  });
  assertEquals(tagsOf(page).has("script"), false);
  assertEquals(tagsOf(page).has("img"), false);
  assertEquals(tagsOf(page), tagsOf(harmless));
  // No attribute that runs anything, and no way out of one.
  assertEquals(page.match(/<[^>]*\son[a-z]+=/gi), null);
  assertEquals(page.match(/<[^>]*\sstyle=/gi), null);
  assertEquals(page.match(UNSAFE), null);
});

Deno.test("the page names nothing that would be fetched", async () => {
  const page = reportPage(await hostileReport());
  assertEquals(page.match(/<[^>]*\s(?:src|action|data|poster|srcset)=/gi), null);
  const links = [...page.matchAll(/<[^>]*\shref="([^"]*)"/gi)].map(([, target]) => target!);
  assertEquals(links.map((target) => target.slice(0, 19)), ["data:image/svg+xml,"]);
  assertEquals(page.match(/<style>[^]*(?:url\(|@import)[^]*<\/style>/), null);
});

Deno.test("names in Markdown make no markup, no link and no other cell", async () => {
  const text = reportMarkdown(await hostileReport());
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  for (const row of rows) {
    const cells = row.replaceAll("\\|", "").split("|").length - 2;
    assert([2, 3, 5, 7].includes(cells), row);
  }
  const outsideOfCode = text.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
  assertEquals(outsideOfCode.match(/(?<!\\)[<[@]/), null);
  assertEquals(outsideOfCode.match(/https?:\/\/|www\./), null);
  assertEquals(text.match(UNSAFE), null);
});
