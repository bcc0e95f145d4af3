/**
 * Printing any number of items as they come, as text or as one JSON document.
 *
 * @module
 */

import { OutputClosed } from "./output.ts";
import { errorFields } from "./printers/error_document.ts";
import { JsonList, type JsonListHead } from "./printers/json_list.ts";
import type { Session } from "./session.ts";

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
  /** What is printed where there is no item. */
  readonly whenEmpty: string;
  /** Fields behind the list. */
  readonly tail?: () => { readonly [name: string]: unknown };
}

/** Prints items as they come. */
export async function printListing<T>(
  session: Session,
  items: AsyncIterable<T>,
  listing: Listing<T>,
): Promise<void> {
  if (session.isJson) return printJsonListing(session, items, listing);
  let isEmpty = true;
  for await (const item of items) {
    isEmpty = false;
    await session.output.line(listing.toText(item));
  }
  if (isEmpty) await session.output.line(listing.whenEmpty);
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
