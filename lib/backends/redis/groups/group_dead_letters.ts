/**
 * Entries that were given out too often: they become dead letters.
 *
 * The dead letter is recorded first, and the entry is acknowledged only then. A crash between the two
 * leaves the entry pending, and whoever looks at it next makes another dead letter of it: both name
 * the same entry and group.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { PapyraError } from "../../../errors.ts";
import type { ConsumedEntry, PendingEntry } from "../../../model/consumer_group.ts";
import type { ActorAddress, DeadLetterInput, JsonObject } from "../../../model/record.ts";
import { recordToWire } from "../../../model/wire.ts";
import type { ConsumerContext } from "./group_context.ts";

/** The type of dead letters that entries become. */
const MESSAGE_TYPE = "UndeliveredEntry";

/** Whether an entry was given out too often. */
export function isOverdue({ limit }: ConsumerContext, { deliveries }: PendingEntry): boolean {
  return deliveries >= (limit.deliveriesMax ?? Infinity);
}

/** Makes a dead letter of an entry, then acknowledges it. */
export async function bury(
  context: ConsumerContext,
  entry: ConsumedEntry,
  pending: PendingEntry,
): Promise<void> {
  const { servers, key, group, limit, recordDeadLetter } = context;
  try {
    await recordDeadLetter(deadLetterOf(context, entry, pending, contentsOf(entry)));
  } catch (error) {
    if (!(error instanceof PapyraError) || !TOO_LARGE.includes(error.code)) throw error;
    // What fills a line of its own does not fit into another: the entry itself stays in its stream.
    await recordDeadLetter(deadLetterOf(context, entry, pending, {}));
  }
  await servers.call(key, ["XACK", key, group, entry.id], { action: "acknowledge in" });
  await limit.onDeadLetter?.(pending);
}

const TOO_LARGE: readonly PapyraError["code"][] = ["RECORD_TOO_LARGE", "INVALID_RECORD"];

function deadLetterOf(
  { key, group }: ConsumerContext,
  { id, record, fault }: ConsumedEntry,
  { consumer, deliveries }: PendingEntry,
  contents: JsonObject,
): DeadLetterInput {
  const wrong = fault === null ? {} : { fault: { ...fault } };
  return {
    messageType: MESSAGE_TYPE,
    target: record?.kind === "event" ? addressIn(record.actorAddress) : null,
    payload: { key, entry: id, group, consumer, deliveries, ...wrong, ...contents },
    ...(record === null ? {} : { systemId: record.systemId }),
  };
}

function addressIn(address: ActorAddress): ActorAddress | null {
  return address === "" ? null : address;
}

function contentsOf({ record, fields }: ConsumedEntry): JsonObject {
  if (record !== null) return { record: recordToWire(record) as JsonObject };
  const inBase64 = fields.map(({ name, value }) => ({
    name,
    base64: Buffer.from(value).toString("base64"),
  }));
  return { fields: inBase64 };
}
