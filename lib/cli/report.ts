/**
 * Giving a report to the user, as text or as a JSON document.
 *
 * @module
 */

import { jsonDocument } from "../model/json_document.ts";
import type { Line } from "./printers/line.ts";
import type { Session } from "./session.ts";

/** A report in both forms. */
export interface Report {
  /** Name of the JSON document's schema. */
  readonly schema: string;
  /** What the JSON document holds, with names in camelCase. */
  readonly fields: object;
  /** The text. */
  readonly lines: readonly Line[];
  /** Whether `--quiet` leaves the text out: nothing is wrong, and nothing else was asked for. */
  readonly isRoutine: boolean;
}

/** Prints a report. */
export async function printReport(session: Session, report: Report): Promise<void> {
  const { output, notes, isJson, isQuiet } = session;
  session.terminationLog.tell(report.lines);
  session.textfile.tell(report.fields);
  session.otlp.tell(report.fields);
  await notes.clearProgress();
  if (isJson) {
    await output.raw(jsonDocument(report.schema, report.fields));
  } else if (!isQuiet || !report.isRoutine) {
    for (const [text, colour] of report.lines) await output.line(text, colour);
  }
  // Notes that follow must not overtake it.
  await output.flush();
}
