import { join } from "node:path";
import { assert, assertEquals } from "../_assert.ts";
import { cliTest, papyra } from "./_papyra.ts";
import { damagedStore } from "./_stores.ts";

const PAGE = join(import.meta.dirname!, "../../docs/json-output.md");

/** Every command on a damaged store, in an order in which each has something to tell. */
const COMMANDS = [
  "--version",
  "--help",
  "persistence scan --help",
  "persistence scan --pth",
  "persistence scan",
  "doctor run",
  "persistence startup-check --mode recover --recovery-mode ignore",
  "persistence recover --dry-run",
  "persistence recover",
  "persistence compact --max-records 5",
  "persistence history",
  "persistence inspect --show-metrics --max-records 5",
  "record audit",
  "record event --type T",
  "record dead-letter --type T",
  "inspect events",
  "inspect audits",
  "inspect dead-letters",
  "inspect summary",
  "metrics persistence",
  "metrics reset",
  "ingest",
  "ingest --print-acks",
  "completions bash",
];

cliTest("every name in a JSON document is snake_case and documented", async (directory) => {
  const path = await damagedStore(directory);
  const page = await Deno.readTextFile(PAGE);
  for (const command of COMMANDS) {
    const words = command.split(" ");
    const needsStore = !/--help|--version|completions/.test(command);
    const { stdout } = await papyra([...words, ...(needsStore ? ["--path", path] : []), "--json"], {
      stdin: '{"kind":"event"}\n',
    });
    const document = JSON.parse(stdout);
    assertEquals(/^papyra\.[a-z-]+\/v1$/.test(document.schema), true, command);
    for (const name of namesIn(document)) {
      assert(/^[a-z]+(_[a-z]+)*$/.test(name), `${command}: ${name}`);
      assert(isDocumented(page, document.schema, name), `${command}: ${name} is not documented`);
    }
  }
});

/** The names of a document, but for those that are data: payloads, details, kinds, anomaly codes. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === "payload" || name === "details" || name === "anomaly_counts") return [name];
    if (name === "by_kind" || name === "records" || name === "sampled") {
      return [name, ...Object.values(inner as object).flatMap(namesIn)];
    }
    return [name, ...namesIn(inner)];
  });
}

function isDocumented(page: string, schema: string, name: string): boolean {
  // The counters and the fields of records are told in other places.
  const isElsewhere = /metrics|inspect|events|audits|dead-letters|summary|help/.test(schema);
  return isElsewhere || page.includes(`\`${name}\``) || page.includes(`"${name}"`);
}
