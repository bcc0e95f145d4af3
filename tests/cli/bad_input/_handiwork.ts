/**
 * What operators do to stores with `jq` and its like.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../../mod.ts";
import { assertEquals } from "../../_assert.ts";

/** A command that reads a store and writes it, and how to do alike where it is not installed. */
export interface Handiwork {
  readonly command: string;
  readonly alike: (lines: readonly JsonObject[]) => readonly string[];
}

/** The commands by what they do. */
export const HANDIWORKS = {
  again: { command: "jq -c .", alike: (lines) => lines.map(compact) },
  sorted: { command: "jq -c -S .", alike: (lines) => lines.map(sortFields).map(compact) },
  ascii: {
    command: "jq -c --ascii-output .",
    alike: (lines) => lines.map(compact).map(escapeBeyondAscii),
  },
  spaced: {
    command: `jq -c . | sed 's/,"/, "/g; s/":/": /g'`,
    alike: (lines) =>
      lines.map((line) => compact(line).replaceAll(',"', ', "').replaceAll('":', '": ')),
  },
  withoutFour: {
    command: "jq -c 'select(.seq != 4)'",
    alike: (lines) => lines.filter(({ seq }) => seq !== 4).map(compact),
  },
  withFourChanged: {
    command: "jq -c 'if .seq == 4 then .event_type = \"Other\" else . end'",
    alike: (lines) =>
      lines.map((line) => compact(line.seq === 4 ? { ...line, event_type: "Other" } : line)),
  },
  withoutNumbers: {
    command: "jq -c 'del(.seq, .crc)'",
    alike: (lines) => lines.map(({ seq: _seq, crc: _crc, ...line }) => compact(line)),
  },
  newestFirst: {
    command: "jq -s -c 'sort_by(-.timestamp)[]'",
    alike: (lines) => lines.toReversed().map(compact),
  },
  pretty: { command: "jq .", alike: (lines) => lines.map((line) => JSON.stringify(line, null, 2)) },
} as const satisfies { readonly [what: string]: Handiwork };

const HAS_JQ = await succeeds("jq --version");

/** Does it to the store at `path`. */
export async function handle(path: string, { command, alike }: Handiwork): Promise<void> {
  if (HAS_JQ) {
    assertEquals(await succeeds(`${command} < "$0" > "$0.new" && mv "$0.new" "$0"`, path), true);
    return;
  }
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  const result = alike(lines.map((line): JsonObject => JSON.parse(line)));
  await Deno.writeTextFile(path, result.map((line) => `${line}\n`).join(""));
}

async function succeeds(script: string, path = ""): Promise<boolean> {
  return (await new Deno.Command("sh", { args: ["-c", script, path] }).output()).success;
}

function compact(line: JsonValue): string {
  return JSON.stringify(line);
}

function escapeBeyondAscii(text: string): string {
  return text.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sortFields(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortFields);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => one < other ? -1 : 1);
  return Object.fromEntries(entries.map(([name, member]) => [name, sortFields(member)]));
}
