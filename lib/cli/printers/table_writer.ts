/**
 * A table of any length in constant memory: the first rows say how wide its columns are.
 *
 * @module
 */

import { escapeText } from "../../model/escape_text.ts";
import type { Output } from "../output.ts";
import { fitWidths, GAP } from "./column_widths.ts";
import type { ListingWriter } from "./listing_writer.ts";
import { clipText, textWidth } from "./text_width.ts";

/** A column. */
export interface Column<T> {
  /** What stands at its head. */
  readonly title: string;
  /** Whether it is aligned to the right. */
  readonly isNumber: boolean;
  /** Whether its cells are cut where the table is too wide for the terminal. */
  readonly mayBeCut: boolean;
  /** What an item has in it; any text. */
  readonly cell: (item: T) => string;
}

/** So much is looked at before the first row is printed. */
const LOOK_AHEAD_ROWS = 100;
const LOOK_AHEAD_LENGTH = 64 * 1024;

// A cell that is longer shifts its own row, and does not fill all others with blanks.
const PADDING_MAX = 60;

/** Prints rows under a head; a later row that is wider makes its columns wider from there on. */
export class TableWriter<T> implements ListingWriter<T> {
  readonly #output: Output;
  readonly #columns: readonly Column<T>[];
  readonly #widthMax: number;
  readonly #wanted: number[];
  #widths: number[] = [];
  #held: string[][] = [];
  #heldLength = 0;
  #isBegun = false;

  /** @param widthMax columns of the terminal; Infinity where nothing is to be cut */
  constructor(output: Output, columns: readonly Column<T>[], widthMax: number) {
    this.#output = output;
    this.#columns = columns;
    this.#widthMax = widthMax;
    this.#wanted = columns.map(({ title }) => title.length);
  }

  /** Prints a row, the first ones once enough of them are known. */
  async item(item: T): Promise<void> {
    const cells = this.#columns.map(({ cell }) => clipText(escapeText(cell(item)), this.#widthMax));
    const isWider = this.#want(cells);
    if (this.#isBegun) {
      if (isWider) this.#widen();
      return await this.#row(cells);
    }
    this.#held.push(cells);
    this.#heldLength += cells.reduce((length, cell) => length + cell.length, 0);
    if (this.#held.length < LOOK_AHEAD_ROWS && this.#heldLength < LOOK_AHEAD_LENGTH) return;
    await this.settle();
  }

  /** Prints the head and the rows held back. */
  async settle(): Promise<void> {
    if (this.#held.length === 0) return;
    this.#isBegun = true;
    this.#widen();
    await this.#row(this.#columns.map(({ title }) => title));
    for (const cells of this.#held) await this.#row(cells);
    this.#held = [];
  }

  /** Takes down what the cells want; whether that is more than before. */
  #want(cells: readonly string[]): boolean {
    let isWider = false;
    for (const [index, cell] of cells.entries()) {
      if (!this.#isCutting && this.#isOpen(index)) continue;
      const width = textWidth(cell);
      if (width <= this.#wanted[index]!) continue;
      this.#wanted[index] = width;
      isWider = true;
    }
    return isWider;
  }

  // Columns never become narrower: what the last one loses, the end of the row loses.
  #widen(): void {
    const mayBeCut = this.#columns.map((column) => column.mayBeCut);
    const fitting = this.#isCutting
      ? fitWidths(this.#wanted, mayBeCut, this.#widthMax)
      : this.#wanted.map((width) => Math.min(width, PADDING_MAX));
    this.#widths = fitting.map((width, index) => Math.max(width, this.#widths[index] ?? 0));
  }

  async #row(cells: readonly string[]): Promise<void> {
    const padded = cells.map((cell, index) => this.#padded(cell, index));
    await this.#output.line(clipText(padded.join(GAP).trimEnd(), this.#widthMax));
  }

  #padded(cell: string, index: number): string {
    if (this.#isOpen(index)) return cell;
    const width = this.#widths[index]!;
    const text = this.#isCutting ? clipText(cell, width) : cell;
    const blanks = " ".repeat(Math.max(0, width - textWidth(text)));
    return this.#columns[index]!.isNumber ? blanks + text : text + blanks;
  }

  /** Whether a column ends where its cells do. */
  #isOpen(index: number): boolean {
    return index === this.#columns.length - 1 && !this.#columns[index]!.isNumber;
  }

  get #isCutting(): boolean {
    return this.#widthMax !== Infinity;
  }
}
