/**
 * What prints the items of a list one by one.
 *
 * @module
 */

/** Prints items. */
export interface ListingWriter<T> {
  /** Prints one, now or soon. */
  item(item: T): Promise<void>;
  /** Prints what it holds back; items may follow. */
  settle(): Promise<void>;
}
