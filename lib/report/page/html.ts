/**
 * Text that became HTML, and nothing else that could. Everything put into a template is escaped, unless
 * it is such a piece itself.
 *
 * @module
 */

import { escapeText } from "../../model/escape_text.ts";

/** A piece of HTML. */
export class Html {
  /** Its text. */
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** A piece that this program wrote itself, and nobody else had a part in. */
  static own(text: string): Html {
    return new Html(text);
  }
}

/** What can be put into a template. */
export type HtmlPart = Html | readonly Html[] | string | number;

const ENTITIES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes a piece of HTML; attributes have to stand in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const texts = strings.map((own, index) => {
    const part = parts[index];
    return part === undefined ? own : own + textOf(part);
  });
  return Html.own(texts.join(""));
}

function textOf(part: HtmlPart): string {
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return escapeText(String(part)).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** Nothing. */
export const NOTHING: Html = Html.own("");
