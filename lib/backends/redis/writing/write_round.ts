/**
 * Sends the records of several callers, and takes the answers.
 *
 * @module
 */

import type { Command, Reply } from "../servers/command.ts";
import type { SentWrite, Signature } from "./sent_write.ts";
import { ServerRefusal } from "../servers/server_error.ts";
import type { WriteLink } from "./write_link.ts";
import { scriptAnswer, scriptCommand } from "./write_script.ts";

const NONE: readonly ServerRefusal[] = [];

/** Who is told what became of a write. */
export interface WriteSink {
  /** The server answered: each of these records was refused, and the others were added. */
  answered(write: SentWrite, refused: readonly ServerRefusal[]): void;
  /** All of it was refused, or the connection failed. */
  failed(write: SentWrite, error: unknown): void;
}

/** Sends a batch; resolves once all of it is answered for. */
export async function sendRound(
  link: WriteLink,
  batch: readonly SentWrite[],
  signature: Signature,
  sink: WriteSink,
): Promise<void> {
  // One record is added by itself, also where scripts are not allowed.
  const isOne = batch.length === 1 && batch[0]!.request.records.length === 1;
  if (link.takesScripts && !isOne) await sendScript(link, batch, signature, sink);
  else await Promise.all(batch.map((write) => sendWrite(link, write, signature, sink)));
}

async function sendScript(
  link: WriteLink,
  batch: readonly SentWrite[],
  signature: Signature,
  sink: WriteSink,
): Promise<void> {
  const keys = [...link.keys];
  let reply: Reply;
  try {
    reply = await link.connection.post(scriptCommand(batch, keys, signature));
  } catch (thrown) {
    const error = link.connection.failureOf(thrown);
    for (const write of batch) sink.failed(write, error);
    return;
  }
  const { lastIds, refusals } = scriptAnswer(reply, keys);
  for (const [key, id] of lastIds) link.settledIds.set(key, id);
  let first = 0;
  for (const write of batch) {
    const { length } = write.request.records;
    sink.answered(write, refusals.size === 0 ? NONE : refusedOf(refusals, first, length));
    first += length;
  }
}

function refusedOf(
  refusals: ReadonlyMap<number, string>,
  first: number,
  length: number,
): ServerRefusal[] {
  const texts = Array.from({ length }, (_, index) => refusals.get(first + index));
  return texts.filter((text) => text !== undefined).map((text) => new ServerRefusal(text));
}

async function sendWrite(
  link: WriteLink,
  write: SentWrite,
  signature: Signature,
  sink: WriteSink,
): Promise<void> {
  const { request: { records }, firstCount } = write;
  const commands = records.map(({ key, line }, index): Command => [
    ...["XADD", key, "*", "data", line, "w", signature.of(firstCount + index)],
  ]);
  try {
    const ids = await sendTogether(link, commands);
    for (const [index, { key }] of records.entries()) {
      const id = ids[index];
      if (typeof id === "string") link.settledIds.set(key, id);
    }
    const refused = ids.filter((id) => id instanceof Error);
    sink.answered(write, refused.map(({ message }) => new ServerRefusal(message)));
  } catch (thrown) {
    sink.failed(write, link.connection.failureOf(thrown));
  }
}

async function sendTogether(
  { connection }: WriteLink,
  commands: readonly Command[],
): Promise<readonly Reply[]> {
  if (commands.length === 1) return [await connection.post(commands[0]!)];
  // A refused part makes the whole refused, and EXEC says so.
  for (const command of [["MULTI"], ...commands]) connection.post(command).catch(() => {});
  return await connection.post(["EXEC"]) as readonly Reply[];
}
