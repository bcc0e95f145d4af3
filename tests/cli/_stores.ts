/**
 * Stores for tests of the command line, good and bad.
 *
 * @module
 */

import { join } from "node:path";
import type { RecordInput } from "../../lib/model/record.ts";
import { openStore } from "../../lib/operations/open_store.ts";

/** Makes a store of these records and returns its path. */
export async function storeOf(
  directory: string,
  records: readonly RecordInput[],
  name = "events.ndjson",
): Promise<string> {
  const path = join(directory, name);
  await using store = await openStore(`file:${path}`);
  await store.recordMany(records);
  return path;
}

/** So many events, a second apart. */
export function events(count: number, first = 1_700_000_000): RecordInput[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: "event",
    timestamp: first + index,
    systemId: "orders",
    actorAddress: `local://${index % 3}`,
    eventType: index % 2 === 0 ? "ActorStarted" : "ActorStopped",
    payload: { n: index },
  }));
}

/** A store of ten events in which one letter of the fourth was changed. */
export async function damagedStore(directory: string): Promise<string> {
  const path = await storeOf(directory, events(10));
  const lines = (await Deno.readTextFile(path)).split("\n");
  lines[3] = lines[3]!.replace("ActorStopped", "ActorStoppeD");
  await Deno.writeTextFile(path, lines.join("\n"));
  return path;
}
