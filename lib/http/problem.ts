/**
 * Problem details, the documents that tell what is wrong with a request or its answer (RFC 9457).
 *
 * @module
 */

import { messageOf, PapyraError } from "../errors.ts";
import { hidePasswords } from "../model/escape_text.ts";
import { jsonText } from "../model/json_document.ts";

const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  421: "Misdirected Request",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

/** A status that a problem can have. */
export type ProblemStatus = keyof typeof TITLES;

/** What a problem tells beside its status. */
export interface ProblemDetails {
  /** What is wrong and what to do next; never what a request held. */
  readonly detail?: string;
  /** Headers of the answer. */
  readonly headers?: { readonly [name: string]: string };
  /** Further members of the document. */
  readonly members?: { readonly [name: string]: unknown };
}

/** An answer that says what is wrong. */
export function problem(status: ProblemStatus, details: ProblemDetails = {}): Response {
  const { detail, headers = {}, members = {} } = details;
  const title = TITLES[status];
  const document = {
    type: "about:blank",
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    ...members,
  };
  return new Response(`${jsonText(document)}\n`, {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}

/** The answer for whatever was thrown: 503 for a store that fails, 500 for a defect. */
export function problemOf(error: unknown): Response {
  const code = codeOf(error);
  const detail = hidePasswords(messageOf(error));
  return problem(code === null ? 500 : 503, {
    detail: code === null ? `defect: ${detail}, please report it` : detail,
    members: { ok: false, error: code ?? "DEFECT" },
  });
}

function codeOf(error: unknown): string | null {
  if (error instanceof PapyraError) return error.code;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? "IO_ERROR" : null;
}
