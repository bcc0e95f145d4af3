/**
 * What work in progress leaves behind, and rules switched off without a word.
 *
 * @module
 */

import type { Finding, SourceFile } from "./source_file.ts";

// Spelt so that this file does not find itself.
const LEFTOVERS = [
  { pattern: /\b(?:TOD[O]|FIXM[E]|XX[X])\b/, message: "holds unfinished work" },
  {
    pattern: /\b(?:test|it|describe|step)\.onl[y]\b|\bonl[y]: true\b/,
    message: "keeps other tests from running",
  },
  {
    pattern: /\/\/ @ts-(?:ignor[e]|expect-erro[r]|nochec[k])\s*$/,
    message: "silences the type check without a reason",
  },
  {
    pattern: /\/\/ deno-lint-ignor[e](?!.*-- \S)/,
    message: "silences the linter without a reason: add -- and the reason",
  },
] as const;

const SKIPPED_TEST =
  /\b(?:test|it|describe|step)\.(?:ski[p]|ignor[e])\b|\b(?:ski[p]|ignor[e]): true\b/;

/** Every leftover. */
export function* leftoversRule(file: SourceFile): Generator<Finding> {
  const lines = file.text.split("\n");
  for (const [index, text] of lines.entries()) {
    for (const { pattern, message } of LEFTOVERS) {
      if (pattern.test(text)) yield { path: file.path, line: index + 1, message };
    }
    const isExplained = /^\s*\/\/ \S/.test(lines[index - 1] ?? "");
    if (SKIPPED_TEST.test(text) && !isExplained) {
      const message = "skips a test without a comment above that says why";
      yield { path: file.path, line: index + 1, message };
    }
  }
}
