/**
 * JSON documents: one line, a schema name first, snake_case names.
 *
 * @module
 */

import { escapeJson } from "./escape_text.ts";

/** A whole document. */
export function jsonDocument(schema: string, fields: object): string {
  return `${jsonText({ schema: `papyra.${schema}/v1`, ...snakeCase(fields) as object })}\n`;
}

/** A value as JSON that no terminal can stumble over. */
export function jsonText(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** A copy of a report with snake_case names throughout. Not for records: their payload is data. */
export function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [snakeCaseName(name), snakeCase(inner)]),
  );
}

function snakeCaseName(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
