/**
 * Errors, for people and for programs.
 *
 * @module
 */

import { PapyraError } from "../../errors.ts";
import { explainOsError, osCode } from "../../storage/os_error.ts";
import { hidePasswords } from "../../model/escape_text.ts";

/** An error as one line. */
export function errorText(error: unknown): string {
  const message = hidePasswords(explainOsError(error));
  if (!(error instanceof PapyraError)) {
    return osCode(error) !== null ? message : `defect: ${message}, please report it`;
  }
  const place = [
    error.file === undefined || message.includes(error.file) ? null : error.file,
    placeText("byte", error.offset, message),
    placeText("line", error.line, message),
  ].filter((part) => part !== null);
  return place.length === 0 ? message : `${message} (${place.join(", ")})`;
}

function placeText(what: string, value: number | undefined, message: string): string | null {
  const isTold = new RegExp(`\\b${what}s? ${value}\\b`).test(message);
  return value === undefined || isTold ? null : `${what} ${value}`;
}

/** An error as the fields of a JSON document. */
export function errorFields(error: unknown, exitCode: number): { [name: string]: unknown } {
  const place = error instanceof PapyraError
    ? { file: error.file, offset: error.offset, line: error.line, seq: error.seq }
    : {};
  return {
    code: errorCode(error),
    message: hidePasswords(explainOsError(error)),
    exit_code: exitCode,
    ...place,
  };
}

function errorCode(error: unknown): string {
  if (error instanceof PapyraError) return error.code;
  return osCode(error) !== null ? "IO_ERROR" : "DEFECT";
}
