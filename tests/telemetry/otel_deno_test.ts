import { join } from "node:path";
import { Collector } from "../_collector.ts";
import { assertEquals } from "../_assert.ts";
import { metricsOf, spansOf } from "../_otlp.ts";
import { tempTest } from "../_temp.ts";

const CONFIG = join(import.meta.dirname!, "../../deno.json");

const PROGRAM = `
import process from "node:process";
import { openStore } from ${JSON.stringify(import.meta.resolve("../../mod.ts"))};
const store = await openStore({ url: process.argv[2], startup: { mode: "scan_only" } });
await store.recordEvent({ eventType: "T", actorAddress: "local://1" });
await store.recordAudit({ systemId: "s" }).catch(() => {});
await store.scan();
await store.close();
process.exit(0);
`;

tempTest("Deno sends spans and metrics by itself under OTEL_DENO", async (directory) => {
  await using collector = new Collector();
  const program = join(directory, "program.ts");
  await Deno.writeTextFile(program, PROGRAM);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--config",
      CONFIG,
      program,
      join(directory, "events.ndjson"),
    ],
    env: {
      OTEL_DENO: "true",
      OTEL_DENO_CONSOLE: "ignore",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    },
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  const spans = spansOf(collector.requests);
  assertEquals(spans.map(({ name }) => name).sort(), ["papyra.open", "papyra.scan", "papyra.scan"]);
  const open = spans.find(({ name }) => name === "papyra.open")!;
  assertEquals(spans.filter(({ parent }) => parent === open.id).length, 1);
  const metrics = metricsOf(collector.requests);
  const scans = metrics.find(({ name }) => name === "papyra.scans")!;
  assertEquals([scans.isMonotonic, scans.points[0]!.value], [true, 2]);
  const histogram = metrics.find(({ name }) => name === "papyra.scan_duration")!;
  assertEquals([histogram.unit, histogram.points[0]!.value], ["s", 2]);
});
