/**
 * Finds out what became of records whose connection broke before the server answered.
 *
 * @module
 */

import { compareIds } from "../streams/entry_id.ts";
import type { SentWrite, Signature } from "./sent_write.ts";
import { streamEnd } from "../streams/stream_end.ts";
import { endOnServer, type WriteLink } from "./write_link.ts";

/** What became of a write: `absent` ones surely never will be written, whatever was sent. */
export type WriteFate = "written" | "absent" | "unknown";

interface Findings {
  /** The numbers of this writer's records that are there. */
  readonly found: ReadonlySet<number>;
  /** Whether what is not there never was. */
  readonly isComplete: boolean;
}

const PAGE_ENTRIES = 1000;

/** What became of each of `sent`, which went over `lost`; read over `link`. */
export async function settleWrites(
  sent: readonly SentWrite[],
  lost: WriteLink,
  link: WriteLink,
  signature: Signature,
): Promise<Map<SentWrite, WriteFate>> {
  // First of all: what the old connection still holds must not be done behind our back.
  const isEnded = await endOnServer(lost, link);
  const findings = new Map<string, Findings>();
  for (const key of new Set(sent.flatMap(({ request }) => request.records.map((r) => r.key)))) {
    findings.set(key, await readBack(key, lost, link, signature));
  }
  return new Map(sent.map((write) => [write, fateOf(write, findings, isEnded)]));
}

function fateOf(
  { request: { records }, firstCount }: SentWrite,
  findings: ReadonlyMap<string, Findings>,
  isEnded: boolean,
): WriteFate {
  const isThere = records.map(({ key }, index) => findings.get(key)!.found.has(firstCount + index));
  if (isThere.every((found) => found)) return "written";
  if (isThere.includes(true)) return "unknown";
  const isComplete = records.every(({ key }) => findings.get(key)!.isComplete);
  return isEnded && isComplete ? "absent" : "unknown";
}

async function readBack(
  key: string,
  lost: WriteLink,
  link: WriteLink,
  signature: Signature,
): Promise<Findings> {
  const found = new Set<number>();
  const settledId = lost.settledIds.get(key);
  if (settledId === undefined) return { found, isComplete: false };
  for (let from = settledId;;) {
    const page = await link.connection.call(
      ["XRANGE", key, `(${from}`, "+", "COUNT", `${PAGE_ENTRIES}`],
    ) as readonly (readonly [string, readonly string[]])[];
    for (const [, fields] of page) {
      const signed = valueOf(fields, "w");
      const count = signed === null ? null : signature.countOf(signed);
      if (count !== null) found.add(count);
    }
    if (page.length < PAGE_ENTRIES) break;
    from = page.at(-1)![0];
  }
  return { found, isComplete: await isAllThere(key, lost, link) };
}

/** Whether everything that was added behind what is settled is still there. */
async function isAllThere(key: string, lost: WriteLink, link: WriteLink): Promise<boolean> {
  const settledId = lost.settledIds.get(key)!;
  const { lastId, lastDeletedId, removed } = await streamEnd(link.connection, key);
  // The key was made anew, or the server lost its end.
  if (compareIds(lastId, settledId) < 0) return false;
  if (removed !== null && removed === lost.ends.get(key)!.removed) return true;
  if (lastDeletedId !== null && compareIds(lastDeletedId, settledId) > 0) return false;
  // Trimming goes from the beginning: it has not come as far as this.
  const settled = await link.connection.call(["XRANGE", key, settledId, settledId]);
  return (settled as readonly unknown[]).length === 1;
}

function valueOf(fields: readonly string[], name: string): string | null {
  const index = fields.findIndex((field, at) => at % 2 === 0 && field === name);
  return index === -1 ? null : fields[index + 1]!;
}
