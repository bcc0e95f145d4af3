/**
 * The formats in which lists of records are printed.
 *
 * @module
 */

import type { Session } from "./session.ts";
import { usageError } from "./usage_error.ts";

/** A format: lines for people, one document, a document a line, or aligned columns. */
export type ListingFormat = "text" | "json" | "ndjson" | "table";

/** Every format. */
export const LISTING_FORMATS: readonly ListingFormat[] = ["text", "json", "ndjson", "table"];

/** The format that holds. Throws INVALID_ARGUMENT where `--json` and `--output` contradict. */
export function formatOf(output: ListingFormat | undefined, { isJson }: Session): ListingFormat {
  if (!isJson) return output ?? "text";
  if (output === undefined || output === "json") return "json";
  throw usageError(`Cannot use --json together with --output ${output}: give one of them`);
}

/** Whether a command line asks for one JSON document, as far as that can be told without reading it. */
export function asksForJson(argv: readonly string[]): boolean {
  if (argv.includes("--json")) return true;
  return argv.some((argument, index) =>
    /^(?:-o=?|--output=)json$/i.test(argument) ||
    (/^(?:-o|--output)$/.test(argument) && argv[index + 1]?.toLowerCase() === "json")
  );
}
