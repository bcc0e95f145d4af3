import { join } from "node:path";
import { assert, assertEquals } from "../_assert.ts";
import { COUNTER_NAMES } from "../../lib/metrics/snapshot.ts";
import { WIRE_FIELDS } from "../../lib/model/wire.ts";
import { cliTest, papyra } from "./_papyra.ts";
import { damagedStore } from "./_stores.ts";

/** Names that the page leaves to others: the counters, and the fields of records. */
const ELSEWHERE = new Set<string>([...COUNTER_NAMES, ...Object.values(WIRE_FIELDS).flat()]);
const DATA = ["payload", "details", "anomaly_counts", "counts", "options", "exit_codes"];
const KEYED_BY_KIND = [
  "by_kind",
  "records",
  "sampled",
  "copied",
  "found",
  "digests",
  "expired_records",
  "retained_records",
];
const PAGES = ["json-output.md", "metrics.md"];

/** Every command on a damaged store, in an order in which each has something to tell. */
const COMMANDS = [
  "--version",
  "--help",
  "persistence scan --help",
  "persistence scan --pth",
  "persistence scan",
  "doctor run",
  "doctor disk --duration 100ms",
  "persistence startup-check --mode recover --recovery-mode ignore",
  "persistence recover --dry-run",
  "persistence recover",
  "persistence compact --max-records 5",
  "persistence rotate",
  "persistence history",
  "persistence inspect --show-metrics --max-records 5",
  "record audit",
  "record event --type T",
  "record dead-letter --type T",
  "inspect events",
  "inspect audits",
  "inspect dead-letters",
  "inspect records",
  "inspect summary",
  "metrics persistence",
  "metrics export",
  "metrics reset",
  "ingest",
  "ingest --print-acks",
  "report",
  "report --output report.json",
  "copy --to copy.ndjson --dry-run",
  "copy --to copy.ndjson",
  "completions bash",
];

cliTest("every name in a JSON document is snake_case and documented", async (directory) => {
  const path = await damagedStore(directory);
  const docs = join(import.meta.dirname!, "../../docs");
  const pages = await Promise.all(PAGES.map((name) => Deno.readTextFile(join(docs, name))));
  for (const command of COMMANDS) {
    const words = command.split(" ");
    const needsStore = !/--help|--version|completions/.test(command);
    const store = command.startsWith("copy") ? "--from" : "--path";
    const place = [store, command.startsWith("doctor disk") ? directory : path];
    const { stdout } = await papyra([...words, ...(needsStore ? place : []), "--json"], {
      stdin: '{"kind":"event"}\n',
      cwd: directory,
    });
    const document = JSON.parse(stdout);
    assertEquals(/^papyra\.[a-z-]+\/v1$/.test(document.schema), true, command);
    for (const name of namesIn(document)) {
      assert(/^[a-z]+\d*(_[a-z]+)*$/.test(name), `${command}: ${name}`);
      const isDocumented = ELSEWHERE.has(name) ||
        pages.some((page) => page.includes(`\`${name}\``));
      assert(isDocumented, `${command}: ${name} is not documented`);
    }
  }
});

/** The names of a document, but for those that are data. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (DATA.includes(name)) return [name];
    const isByKind = KEYED_BY_KIND.includes(name);
    return [name, ...(isByKind ? Object.values(inner as object).flatMap(namesIn) : namesIn(inner))];
  });
}
