/**
 * `papyra report`.
 *
 * @module
 */

import { jsonDocument } from "../../model/json_document.ts";
import type { StoreReport } from "../../report/store_report.ts";
import { defineCommand } from "../command.ts";
import { EXIT, type ExitCode } from "../exit_codes.ts";
import { STORE_EXITS } from "../exits.ts";
import { openStoreOf } from "../open_store.ts";
import { defaulted, flag, optional } from "../option.ts";
import { RETENTION_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { writeOutputFile } from "../output_file.ts";
import { printReport } from "../report.ts";
import type { Session } from "../session.ts";
import { usageError } from "../usage_error.ts";
import { asCountFromOne, asOneOf, asText } from "../value_readers.ts";

const FORMATS = ["html", "md", "json"] as const;
type Format = typeof FORMATS[number];

/** Everything that there is to say of a store, for people who did not ask for a command line. */
export const report = defineCommand({
  name: "report",
  summary: "Tell all about a store on one page: state, growth, size, damage, maintenance, disk",
  options: {
    ...STORE_OPTIONS,
    ...RETENTION_OPTIONS,
    format: optional(
      { placeholder: "FORMAT", summary: "A page, a document or data; html", choices: FORMATS },
      asOneOf(FORMATS, "format"),
    ),
    output: optional(
      { placeholder: "FILE", short: "o", summary: "Put it into this file, all at once" },
      asText,
    ),
    top: defaulted(
      { placeholder: "N", summary: "Name the N most frequent types, and sum up the others" },
      asCountFromOne,
      "10",
    ),
    sinceLast: flag(
      "Do not scan sealed segments again that a scan found in order and that are unchanged",
    ),
    failOnAnomalies: flag("End with exit code 2 where the store is damaged"),
  },
  exits: {
    ...STORE_EXITS,
    [EXIT.OK]: "the report was made, whatever it says",
    [EXIT.ANOMALIES_FOUND]: "it was made, the store is damaged, and --fail-on-anomalies was given",
  },
  examples: [
    "papyra report --path events.ndjson --output report.html",
    "papyra report --path events.ndjson --format md --max-age 30d",
    "papyra report --path events.ndjson --json",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    const { format: asked, output, top, sinceLast, failOnAnomalies, ...rest } = options;
    const format = formatOf(asked, output, session);
    await using store = await openStoreOf(rest, session, "silent");
    const { createReport } = await import("../../report/create_report.ts");
    const { signal, notes } = session;
    const made = await createReport(store, {
      signal,
      topTypes: top,
      sinceLast,
      ...notes.progressOf("reading"),
    });
    const text = await render(made, format);
    if (output === undefined) {
      await notes.clearProgress();
      await session.output.raw(text);
    } else {
      await writeOutputFile(output, text);
      await tellWritten(session, { file: output, format, verdict: made.verdict });
    }
    return exitCodeOf(made, failOnAnomalies);
  },
});

function formatOf(
  asked: Format | undefined,
  output: string | undefined,
  { isJson }: Session,
): Format {
  if (!isJson || output !== undefined) return asked ?? "html";
  if (asked === undefined || asked === "json") return "json";
  throw usageError(
    `Cannot use --json together with --format ${asked} on standard output: give --output FILE too`,
  );
}

async function render(made: StoreReport, format: Format): Promise<string> {
  switch (format) {
    case "json":
      return jsonDocument("report", made);
    case "md":
      return (await import("../../report/report_markdown.ts")).reportMarkdown(made);
    case "html":
      return (await import("../../report/page/report_page.ts")).reportPage(made);
  }
}

function tellWritten(
  session: Session,
  fields: {
    readonly file: string;
    readonly format: Format;
    readonly verdict: StoreReport["verdict"];
  },
): Promise<void> {
  const { file, verdict } = fields;
  return printReport(session, {
    schema: "report-file",
    fields,
    lines: [[`Report written to ${file}`], [verdict.sentence]],
    isRoutine: true,
  });
}

function exitCodeOf({ verdict }: StoreReport, failOnAnomalies: boolean): ExitCode {
  return failOnAnomalies && verdict.state === "damaged" ? EXIT.ANOMALIES_FOUND : EXIT.OK;
}
