import { InMemoryPersistence } from "../../mod.ts";
import { familiesText, prometheusText } from "../../lib/metrics/prometheus_text.ts";
import { metricFamilies } from "../../lib/metrics/families.ts";
import type { MetricsSnapshot } from "../../lib/metrics/snapshot.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";

async function fullSnapshot(): Promise<MetricsSnapshot> {
  await using store = new InMemoryPersistence({ retention: { maxRecords: 1 } });
  await store.recordMany([{ kind: "event", eventType: "T" }, { kind: "event", eventType: "T" }]);
  await store.listEvents();
  await store.scan();
  await store.recover();
  store.metrics.countDropped("audit", "queue_full");
  store.metrics.countSkipped("invalid_input");
  const snapshot = await store.metrics.snapshot({ withRetained: true });
  const { sync_seconds } = snapshot.histograms;
  const counts = sync_seconds.counts.map((_, bucket) => bucket);
  return {
    ...snapshot,
    histograms: {
      ...snapshot.histograms,
      sync_seconds: { ...sync_seconds, counts, count: 153, sum: 9.5 },
    },
    gauges: { ...snapshot.gauges!, segments: 2, disk_free_bytes: 1e15 },
  };
}

async function promtool(text: string): Promise<string> {
  const child = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return `${code}${decoder.decode(stdout)}${decoder.decode(stderr)}`;
}

Deno.test("promtool finds nothing to say of any metric, nor of hostile labels", async () => {
  const snapshot = await fullSnapshot();
  const hostile = '"}\n# TYPE x counter\nx{y="\\ \r\u2028\ud800 \u0000';
  for (const labels of [{}, { store: hostile }]) {
    assertEquals(await promtool(prometheusText({ ...snapshot, backend: hostile }, labels)), "0");
  }
});

Deno.test("a label's value ends neither its quotes nor its line", async () => {
  const text = prometheusText(await fullSnapshot(), { store: 'a"\n\\b' });
  assertStringIncludes(text, 'papyra_scans_total{store="a\\"\\n\\\\b"} 1\n');
  for (const line of text.trimEnd().split("\n")) assertMatch(line, /^(# (HELP|TYPE) )?papyra_/);
});

Deno.test("buckets count everything up to their bounds, and no sample has a timestamp", async () => {
  const text = prometheusText(await fullSnapshot());
  const buckets = text.matchAll(/^papyra_sync_duration_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm);
  const counts = [...buckets].map(([, , count]) => Number(count));
  assertEquals(counts.at(-1), 153);
  assert(counts.every((count, index) => index === 0 || count >= counts[index - 1]!));
  assertMatch(
    text,
    /^papyra_sync_duration_seconds_sum 9\.5\npapyra_sync_duration_seconds_count 153$/m,
  );
  for (const line of text.trimEnd().split("\n")) {
    if (!line.startsWith("#")) assertMatch(line, /^\S+ \S+$/);
  }
});

Deno.test("neither the store's path nor anything recorded is in the text", async () => {
  const snapshot = { ...await fullSnapshot(), store: "/srv/secret.ndjson" };
  assert(!prometheusText(snapshot).includes("secret"));
});

Deno.test("what was counted before there were kinds is of an unknown kind", async () => {
  const snapshot = { ...await fullSnapshot(), records_written: 10 };
  assertStringIncludes(
    prometheusText(snapshot),
    'papyra_records_written_total{kind="unknown"} 8\n',
  );
});

Deno.test("every family is told in docs/metrics.md", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/metrics.md", import.meta.url));
  const families = metricFamilies(await fullSnapshot());
  assertEquals(families.filter(({ name }) => !page.includes(`\`${name}\``)), []);
  assertEquals(familiesText([]), "");
});
