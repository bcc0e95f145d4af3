/**
 * A JSON document around a list of any length, written as the list is read.
 *
 * @module
 */

import type { Output } from "../output.ts";
import { jsonText } from "../../model/json_document.ts";

/** What the document is called and what stands before its list. */
export interface JsonListHead {
  /** Name of the schema. */
  readonly schema: string;
  /** Fields before the list. */
  readonly fields: { readonly [name: string]: unknown };
  /** Name of the list. */
  readonly name: string;
}

/** Writes one such document: items, then the end. */
export class JsonList {
  readonly #output: Output;
  readonly #head: JsonListHead;
  #count = 0;
  #isBegun = false;

  constructor(output: Output, head: JsonListHead) {
    this.#output = output;
    this.#head = head;
  }

  /** Whether the document was begun, so that a failure must end it. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Writes an item on a line of its own. */
  async item(item: unknown): Promise<void> {
    await this.#begin();
    await this.#output.raw(`${this.#count++ === 0 ? "\n" : ",\n"}${jsonText(item)}`);
  }

  /** Ends the document with these fields behind the list. */
  async end(fields: { readonly [name: string]: unknown }): Promise<void> {
    await this.#begin();
    const text = jsonText(fields);
    await this.#output.raw(`${this.#count === 0 ? "" : "\n"}]${text === "{}" ? "" : ","}`);
    await this.#output.raw(`${text.slice(1)}\n`);
  }

  async #begin(): Promise<void> {
    if (this.#isBegun) return;
    this.#isBegun = true;
    const { schema, fields, name } = this.#head;
    const head = jsonText({ schema: `papyra.${schema}/v1`, ...fields });
    await this.#output.raw(`${head.slice(0, -1)},${JSON.stringify(name)}:[`);
  }
}
