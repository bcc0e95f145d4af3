/**
 * Files and functions stay short enough to be read in one go.
 *
 * @module
 */

import type { Finding, SourceFile } from "./source_file.ts";

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;

// The first line of a function or method in formatted code. Its last one has the same indentation.
const HEADER =
  /^(\s*)(?:(?:export|default|declare|static|protected|override|async|get|set) )*(?:function\b|\*?(?!(?:if|for|while|switch|catch|return|await|new)\b)#?[\w$[\].]+(?:<.*>)?\()/;

/** Every file and function that is too long. */
export function* sizeRule(file: SourceFile): Generator<Finding> {
  const lines = file.text.trimEnd().split("\n");
  if (lines.length > FILE_LINES_MAX) {
    const message = `has ${lines.length} lines: ${FILE_LINES_MAX} are the most`;
    yield { path: file.path, line: FILE_LINES_MAX + 1, message };
  }
  for (const [index, text] of lines.entries()) {
    const indentation = HEADER.exec(text)?.[1];
    if (indentation === undefined) continue;
    const length = functionLines(lines, index, indentation);
    if (length <= FUNCTION_LINES_MAX) continue;
    const message = `starts a function of ${length} lines: ${FUNCTION_LINES_MAX} are the most`;
    yield { path: file.path, line: index + 1, message };
  }
}

function functionLines(lines: readonly string[], start: number, indentation: string): number {
  const body = bodyStart(lines, start, indentation);
  if (body === null) return 1;
  // A line `}: Options): void {` ends an argument, not the function.
  const end = lines.findIndex((text, index) =>
    index > body && text.startsWith(`${indentation}}`) && !text.endsWith("{")
  );
  return lines[end] === `${indentation}}` ? end - start + 1 : 1;
}

// The brace stands at the end of the header's line, or behind arguments on lines of their own.
// Everything else is a call or a declaration.
function bodyStart(lines: readonly string[], start: number, indentation: string): number | null {
  if (lines[start]!.endsWith("{")) return start;
  if (!lines[start]!.endsWith("(")) return null;
  const close = lines.findIndex((text, index) =>
    index > start && text.startsWith(`${indentation})`)
  );
  return lines[close]?.endsWith("{") ? close : null;
}
