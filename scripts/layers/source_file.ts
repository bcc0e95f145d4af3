/**
 * A source file as the layer check sees it. It reads formatted code line by line, which is enough:
 * the gate formats first.
 *
 * @module
 */

import { posix } from "node:path";

/** A file of the checkout. */
export interface SourceFile {
  /** Its path from the root of the checkout, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** One broken rule. */
export interface Finding {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Looks at one file. */
export type Rule = (file: SourceFile) => Iterable<Finding>;

/** A line of code. */
export interface CodeLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** One import or re-export. */
export interface Import {
  /** From 1. */
  readonly line: number;
  /** What was written, `node:fs` or `../errors.ts`. */
  readonly specifier: string;
  /** The file of the checkout that it names; null for anything else. */
  readonly target: string | null;
}

const IMPORT =
  /^[ \t]*(?:import|export)\b[^;"]*?\bfrom "([^"]+)"|^import "([^"]+)"|import\("([^"]+)"\)/gm;
const QUOTED = /"(?:[^"\\]|\\.)*"|`[^`]*`/g;
const COMMENT_LINE = /^[ \t]*(?:\/\/|\/\*|\*)/;

/** Whether the file is part of the library, and not of its tests or tools. */
export function isLibrary(file: SourceFile): boolean {
  return file.path.startsWith("lib/");
}

/** The lines that are not comments, with what stands in quotes left out. */
export function codeLines(file: SourceFile): CodeLine[] {
  return file.text.split("\n")
    .map((text, index) => ({ line: index + 1, text: text.replaceAll(QUOTED, '""') }))
    .filter(({ text }) => !COMMENT_LINE.test(text));
}

/** Everything that the file imports, types too. */
export function importsOf(file: SourceFile): Import[] {
  // Comments keep their lines, so that positions stay true.
  const code = file.text.replace(/^[ \t]*(?:\/\/|\/\*|\*).*$/gm, "");
  return [...code.matchAll(IMPORT)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3]!;
    return {
      line: code.slice(0, match.index).split("\n").length,
      specifier,
      target: specifier.startsWith(".") ? posix.join(posix.dirname(file.path), specifier) : null,
    };
  });
}
