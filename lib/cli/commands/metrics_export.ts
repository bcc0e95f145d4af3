/**
 * `papyra metrics export`.
 *
 * @module
 */

import { prometheusText } from "../../metrics/prometheus_text.ts";
import type { MetricsSnapshot } from "../../metrics/snapshot.ts";
import { jsonDocument } from "../../model/json_document.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { STORE_EXITS } from "../exits.ts";
import { exportAgainAndAgain } from "../exporting.ts";
import { noteTotals } from "../metrics_notes.ts";
import { openStoreOf } from "../open_store.ts";
import { optional } from "../option.ts";
import { METRICS_OPTIONS } from "../options/metrics_options.ts";
import { STORE_OPTIONS, WATCHED_OPTIONS } from "../options/store_options.ts";
import { writeOutputFile } from "../output_file.ts";
import { printReport } from "../report.ts";
import type { Session } from "../session.ts";
import { usageError } from "../usage_error.ts";
import { asMilliseconds, asOneOf, asText } from "../value_readers.ts";

const FORMATS = ["json", "prometheus"] as const;
type Format = typeof FORMATS[number];

/** The metrics of a store for other programs. */
export const metricsExport = defineCommand({
  name: "metrics export",
  summary: "Put the metrics of a store into a file for other programs, once or again and again",
  options: {
    ...STORE_OPTIONS,
    ...METRICS_OPTIONS,
    format: optional(
      {
        placeholder: "FORMAT",
        summary: "The document, or Prometheus's text; prometheus",
        choices: FORMATS,
      },
      asOneOf(FORMATS, "format"),
    ),
    output: optional(
      {
        placeholder: "FILE",
        short: "o",
        summary: "Put it into this file, all at once; readable by everybody",
      },
      asText,
    ),
    every: optional(
      {
        placeholder: "DURATION",
        summary: "With --output: again and again, so often, until it is stopped",
      },
      asMilliseconds,
    ),
    otlp: WATCHED_OPTIONS.otlp,
    storeLabel: WATCHED_OPTIONS.storeLabel,
  },
  exits: STORE_EXITS,
  examples: [
    "papyra metrics export --path events.ndjson --format prometheus --output papyra.prom",
    "papyra metrics export --path events.ndjson --format json --output metrics.json",
    "papyra metrics export --path events.ndjson --format prometheus --store-label orders",
  ],
  onClosedPipe: "stop",
  async run({ withRetained, format: asked, output, every, storeLabel, ...options }, session) {
    const format = formatOf(asked, output, session);
    if (every !== undefined && (output === undefined || every === 0)) {
      throw usageError(
        "Cannot use --every without --output FILE, or with 0: name a file, and a duration",
      );
    }
    const { signal, notes } = session;
    await using store = await openStoreOf(options, session);
    const make = async (): Promise<string> => {
      const snapshot = await store.metrics.snapshot({ withRetained, signal });
      await noteTotals(snapshot, notes);
      return render(snapshot, format, storeLabel);
    };
    if (output === undefined) await session.output.raw(await make());
    else {
      const write = async () => await writeOutputFile(output, await make(), { isPublic: true });
      await write();
      await tellWritten(session, output, format);
      if (every !== undefined) await exportAgainAndAgain(write, every, session);
    }
    return EXIT.OK;
  },
});

function formatOf(
  asked: Format | undefined,
  output: string | undefined,
  { isJson }: Session,
): Format {
  if (!isJson || output !== undefined) return asked ?? "prometheus";
  if (asked !== "prometheus") return "json";
  throw usageError(
    "Cannot use --json together with --format prometheus on standard output: give --output FILE too",
  );
}

function render(snapshot: MetricsSnapshot, format: Format, label: string | undefined): string {
  if (format === "json") return jsonDocument("metrics", snapshot);
  return prometheusText(snapshot, label === undefined ? {} : { store: label });
}

function tellWritten(session: Session, file: string, format: Format): Promise<void> {
  return printReport(session, {
    schema: "metrics-file",
    fields: { file, format },
    lines: [[`Metrics written to ${file}`]],
    isRoutine: true,
  });
}
