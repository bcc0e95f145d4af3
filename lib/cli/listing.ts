/**
 * Printing any number of items as they come, as text, as JSON or as a table.
 *
 * @module
 */

import type { ListingFormat } from "./listing_format.ts";
import { OutputClosed } from "./output.ts";
import { errorFields } from "./printers/error_document.ts";
import { JsonList, type JsonListHead } from "./printers/json_list.ts";
import { jsonText } from "../model/json_document.ts";
import type { ListingWriter } from "./printers/listing_writer.ts";
import { type Column, TableWriter } from "./printers/table_writer.ts";
import type { Session } from "./session.ts";
import { widthOf } from "./terminal.ts";

/** Thrown in place of an error that the output already tells. */
export class ReportedError extends Error {
  override readonly name = "ReportedError";
}

/** How a listing is printed. */
export interface Listing<T> {
  /** The JSON document around it. */
  readonly head: JsonListHead;
  /** An item in that document. */
  readonly toJson: (item: T) => unknown;
  /** An item as a line. */
  readonly toText: (item: T) => string;
  /** An item as a row of a table. */
  readonly columns?: readonly Column<T>[];
  /** What is printed for people where there is no item. */
  readonly whenEmpty: string;
  /** Fields behind the list. */
  readonly tail?: () => { readonly [name: string]: unknown };
}

/** Prints items as they come. */
export async function printListing<T>(
  session: Session,
  items: AsyncIterable<T>,
  listing: Listing<T>,
  format: ListingFormat = session.isJson ? "json" : "text",
): Promise<void> {
  if (format === "json") return await printJsonListing(session, items, listing);
  const writer = writerOf(session, listing, format);
  let isEmpty = true;
  try {
    for await (const item of items) {
      isEmpty = false;
      await writer.item(item);
    }
  } finally {
    // Also where reading fails, what was read before is shown.
    await writer.settle();
  }
  if (isEmpty && format !== "ndjson") await session.output.line(listing.whenEmpty);
}

/** What prints items one by one. */
export function writerOf<T>(
  { output, terminal }: Session,
  { toJson, toText, columns = [] }: Pick<Listing<T>, "toJson" | "toText" | "columns">,
  format: Exclude<ListingFormat, "json">,
): ListingWriter<T> {
  switch (format) {
    case "text":
      return lineWriter((item) => output.line(toText(item)));
    case "ndjson":
      return lineWriter((item) => output.raw(`${jsonText(toJson(item))}\n`));
    case "table":
      return new TableWriter(output, columns, widthOf(terminal));
  }
}

function lineWriter<T>(item: (item: T) => Promise<void>): ListingWriter<T> {
  return { item, settle: () => Promise.resolve() };
}

async function printJsonListing<T>(
  session: Session,
  items: AsyncIterable<T>,
  { head, toJson, tail }: Listing<T>,
): Promise<void> {
  const list = new JsonList(session.output, head);
  try {
    for await (const item of items) await list.item(toJson(item));
    await list.end(tail?.() ?? {});
  } catch (error) {
    throw await endWithError(session, list, error);
  }
}

/** Ends a begun document with the error, for a document must be whole; returns what to throw. */
export async function endWithError(
  { interruption }: Session,
  list: JsonList,
  error: unknown,
): Promise<unknown> {
  if (!list.isBegun || error instanceof OutputClosed) return error;
  await list.end({ error: errorFields(error, interruption.exitCodeOf(error)) });
  return new ReportedError("The document tells it", { cause: error });
}
