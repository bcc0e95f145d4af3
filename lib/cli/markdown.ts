/**
 * docs/cli.md, made from the command table.
 *
 * @module
 */

import type { Command } from "./command.ts";
import { COMMAND_GROUPS, COMMANDS, commandsOf } from "./command_table.ts";
import { exitRows, optionText, optionUsage, usageOf } from "./help.ts";
import type { OptionSpec, OptionSpecs } from "./option.ts";
import { PROGRAM_OPTIONS } from "./options/common_options.ts";
import { STORE_OPTIONS } from "./options/store_options.ts";

const LISTS = [
  "## Lists of records",
  "",
  "What `inspect events`, `audits`, `dead-letters` and `records` list passes every filter that is " +
  "given; the limit comes last, and newest means last in the store. Addresses are the same actor " +
  'however they are written: `local://1`, `local:1` or `{"system": "local", "actor_id": 1}`. ' +
  "`--after-seq` goes on behind a record that was seen before; a record without a sequence number, " +
  "which an original store wrote, counts as before all others.",
  "",
  "`--output` (`-o`) says how they are printed:",
  "",
  "- `text`: the lines of the original;",
  "- `json`: one document, the same as with `--json`, see [json-output.md](json-output.md);",
  "- `ndjson`: one record a line, with the names of the stored line;",
  "- `table`: columns, aligned by what the first hundred records take. On a terminal (or where " +
  "COLUMNS says how wide it is) rows are cut to its width; elsewhere nothing is cut.",
  "",
  "All of them print while they read, in constant memory.",
  "",
  "`--follow` (`-f`) goes on with records as they come, until it is stopped (exit codes 130 and 143), " +
  "`--timeout` passes (13), or nobody reads the output any longer (0). Which of those that are there " +
  "already come first, `--limit`, `--since` and `--after-seq` say; where none of them is given, the " +
  "newest 10 of what passes the filters do. What is printed is flushed before it waits. See " +
  "[follow.md](follow.md).",
  "",
];

/** The whole page. */
export function cliMarkdown(): string {
  return [
    "# The command line",
    "",
    "Made from the command table by `deno run -A scripts/docs_cli.ts`; do not edit it by hand.",
    "",
    "Settings come from flags, then the environment (`PAPYRA_STORE`, `PAPYRA_CONFIG`), then the " +
    "config file, then defaults. Times are Unix seconds, ISO 8601 (UTC where it names no zone) or " +
    "how long ago (`24h`); `--since` and `--until` go by the time in the record and include their own " +
    "moment to the fraction, as journalctl's do, and a date alone is its midnight; durations are a number with `ms`, `s`, `m`, `h`, `d` or `w`; sizes are " +
    "bytes or a number with `kB`, `MB`, `GB`, `TB` (powers of 1000) or `KiB`, `MiB`, `GiB`, `TiB` " +
    "(powers of 1024). A value that begins with a dash is written behind an equals sign: " +
    "`--payload=-1`. What the exit codes mean is told in [exit-codes.md](exit-codes.md), what " +
    "`--json` prints in [json-output.md](json-output.md).",
    "",
    "## Commands",
    "",
    ...table(
      ["command", "what it does"],
      COMMANDS.map(({ name, summary }) => [`[\`${name}\`](#${anchorOf(name)})`, summary]),
    ),
    "## Options of every command",
    "",
    ...optionTable(PROGRAM_OPTIONS),
    "## Options of every command on a store",
    "",
    ...optionTable(STORE_OPTIONS),
    ...LISTS,
    ...[...COMMAND_GROUPS, null].flatMap((group) => commandsOf(group).flatMap(commandSection)),
    configSection(),
  ].join("\n");
}

function commandSection(command: Command): string[] {
  const isOnStore = Object.entries(STORE_OPTIONS).every(([name, spec]) =>
    command.options[name] === spec
  );
  const shared = new Set<OptionSpec>(isOnStore ? Object.values(STORE_OPTIONS) : []);
  const own = Object.entries(command.options).filter(([, spec]) => !shared.has(spec));
  return [
    `## papyra ${command.name}`,
    "",
    `${command.summary}.`,
    "",
    "```text",
    usageOf(command),
    "```",
    "",
    ...(command.argument
      ? [`\`${command.argument.placeholder}\`: ${command.argument.choices.join(", ")}.`, ""]
      : []),
    ...(own.length === 0 ? [] : optionTable(Object.fromEntries(own))),
    ...table(["exit code", "meaning"], exitRows(command.exits)),
    "```sh",
    ...command.examples,
    "```",
    "",
  ];
}

function optionTable(specs: OptionSpecs): string[] {
  return table(
    ["option", "what it does"],
    Object.entries(specs).map(([name, spec]) => [
      `\`${optionUsage(name, spec)}\``,
      optionText(spec),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""];
}

function anchorOf(name: string): string {
  return `papyra-${name.replaceAll(" ", "-")}`;
}

function configSection(): string {
  return `## The config file

\`papyra.json\` in the working directory, or the file named by \`--config\` or \`PAPYRA_CONFIG\`. Every
key may be left out; a key that is not known, or has the wrong type, is refused (exit code 78), as is
a \`papyra.json\` that another user put there, or that everybody may write to, unless it is named. Paths
in it are relative to the working directory. Flags take the place of single limits: \`--max-records\`
that of \`max_records\`, with \`--kind\` that of the kind's own.

\`\`\`json
{
  "store": "file:events.ndjson",
  "durability": "always",
  "retention": {
    "max_records": 1000000,
    "max_age_seconds": 2592000,
    "max_total_bytes": 1073741824,
    "by_kind": {
      "event": { "max_age_seconds": 604800 },
      "audit": { "max_records": 10000 },
      "dead_letter": { "max_records": 100000 }
    }
  }
}
\`\`\`
`;
}
