/**
 * The command line from its arguments to its exit code.
 *
 * @module
 */

import { readArguments, type Request } from "./arguments.ts";
import { HELPER_WORD, runDiskHelper } from "./disk_helper.ts";
import { escapeText } from "../model/escape_text.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { printHelp } from "./help.ts";
import { Interruption } from "./interruption.ts";
import { Notes } from "./notes.ts";
import { Output, OutputClosed } from "./output.ts";
import { mayPaint } from "./paint.ts";
import { errorFields, errorText } from "./printers/error_document.ts";
import { jsonDocument } from "../model/json_document.ts";
import { ReportedError } from "./listing.ts";
import { asksForJson } from "./listing_format.ts";
import { printReport } from "./report.ts";
import type { Session } from "./session.ts";
import type { OutputStream, Terminal } from "./terminal.ts";
import { TerminationLog } from "./termination_log.ts";
import { OtlpPush } from "./otlp_push.ts";
import { Textfile } from "./textfile.ts";
import { VERSION } from "./version.ts";

/** Runs one command line; returns its exit code. Never throws. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const session = openSession(argv, terminal);
  let exitCode: ExitCode;
  try {
    exitCode = argv[0] === HELPER_WORD
      ? await runDiskHelper(argv.slice(1), session)
      : await runCommand(argv, session);
    await session.output.flush();
  } catch (error) {
    exitCode = await tellError(error, session);
  }
  session.interruption.lift();
  await session.terminationLog.write(session.notes);
  await session.textfile.write(exitCode, session.notes);
  await session.otlp.send(exitCode, session);
  await session.notes.settle();
  return exitCode;
}

/** Tells an error that nobody caught. */
export function tellDefect(error: unknown, stderr: OutputStream): void {
  stderr.write(`papyra: ${escapeText(errorText(error))}\n`, () => {});
}

function openSession(argv: readonly string[], terminal: Terminal): Session {
  const has = (flag: string) => argv.includes(flag);
  const interruption = new Interruption(terminal);
  const output = new Output(terminal.stdout, "stop", interruption.signal);
  const errors = new Output(terminal.stderr, "ignore", interruption.signal);
  const noColor = has("--no-color");
  output.isColoured = mayPaint(terminal.stdout, terminal.env, noColor);
  errors.isColoured = mayPaint(terminal.stderr, terminal.env, noColor);
  const notes = new Notes(errors, terminal.stderr.isTTY === true);
  // Also a command line that cannot be read is answered in the form that it asks for.
  return {
    output,
    notes,
    interruption,
    terminationLog: TerminationLog.of(argv),
    textfile: new Textfile(),
    otlp: new OtlpPush(),
    terminal,
    signal: interruption.signal,
    isJson: asksForJson(argv),
    isQuiet: has("--quiet"),
  };
}

async function runCommand(argv: readonly string[], session: Session): Promise<ExitCode> {
  const request = readArguments(argv);
  const { command, values, wantsHelp, wantsVersion } = request;
  session.notes.isQuiet = session.isQuiet;
  if (command === null || wantsHelp || wantsVersion) return await answer(request, session);
  session.output.onFailure = command.onClosedPipe;
  if (typeof values["timeout"] === "number") session.interruption.limit(values["timeout"]);
  session.textfile.begin(command.name, values);
  session.otlp.begin(command.name, values);
  return await command.run(values, session, request.argument);
}

async function answer(request: Request, session: Session): Promise<ExitCode> {
  if (request.wantsHelp) {
    await printHelp(request, session);
  } else {
    await printReport(session, {
      schema: "version",
      fields: { version: VERSION },
      lines: [[`papyra ${VERSION}`]],
      isRoutine: false,
    });
  }
  return EXIT.OK;
}

async function tellError(error: unknown, session: Session): Promise<ExitCode> {
  const { output, notes, interruption } = session;
  if (error instanceof OutputClosed) return EXIT.OK;
  const cause = error instanceof ReportedError ? error.cause : error;
  const exitCode = interruption.exitCodeOf(cause);
  session.terminationLog.tell([[`papyra: ${errorText(cause)}`]]);
  try {
    if (session.isJson && cause === error) {
      await output.raw(jsonDocument("error", errorFields(cause, exitCode)));
    }
    if (!session.isJson) await notes.error(errorText(cause));
    await output.flush();
  } catch {
    // What cannot be printed is still told by the exit code.
  }
  return exitCode;
}
