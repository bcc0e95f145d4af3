/**
 * Adds many records with one command: what a client does for each command takes longer than what the
 * server does for each record.
 *
 * @module
 */

import type { Command, Reply } from "../servers/command.ts";
import type { SentWrite, Signature } from "./sent_write.ts";

/** What became of the records of a script. */
export interface ScriptAnswer {
  /** The last id that was given in each stream. */
  readonly lastIds: ReadonlyMap<string, string>;
  /** What the server said no to, by the place of the record among all of them. */
  readonly refusals: ReadonlyMap<number, string>;
}

// For each record: the place of its key, one digit, with its number behind it, and its line. A record that is refused does not
// keep the others from being added, as it would not if each were sent by itself.
const SCRIPT = `
local ids, refusals = {}, {}
for key = 1, #KEYS do ids[key] = '' end
for at = 2, #ARGV, 2 do
  local key = tonumber(string.sub(ARGV[at], 1, 1))
  local id = redis.pcall('XADD', KEYS[key], '*', 'data', ARGV[at + 1],
    'w', ARGV[1] .. string.sub(ARGV[at], 2))
  if type(id) == 'string' then ids[key] = id
  else
    refusals[#refusals + 1] = (at - 2) / 2
    refusals[#refusals + 1] = id.err
  end
end
return {ids, refusals}
`;

/** The command that adds the records of several callers. */
export function scriptCommand(
  batch: readonly SentWrite[],
  keys: readonly string[],
  signature: Signature,
): Command {
  const command: string[] = ["EVAL", SCRIPT, `${keys.length}`, ...keys, `${signature.name}:`];
  const places = new Map(keys.map((key, index) => [key, `${index + 1}`]));
  for (const { request: { records }, firstCount } of batch) {
    for (let index = 0; index < records.length; index++) {
      const { key, line } = records[index]!;
      command.push(`${places.get(key)}${firstCount + index}`, line);
    }
  }
  return command;
}

/** Reads the answer to it. */
export function scriptAnswer(reply: Reply, keys: readonly string[]): ScriptAnswer {
  const [ids, refused] = reply as readonly [readonly string[], readonly (number | string)[]];
  const lastIds = new Map<string, string>();
  for (const [index, id] of ids.entries()) if (id !== "") lastIds.set(keys[index]!, id);
  const refusals = new Map<number, string>();
  for (let index = 0; index < refused.length; index += 2) {
    refusals.set(refused[index] as number, refused[index + 1] as string);
  }
  return { lastIds, refusals };
}
