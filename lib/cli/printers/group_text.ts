/**
 * Consumer groups and what they wait for, as text.
 *
 * @module
 */

import type { ConsumerGroup, GroupConsumer, PendingEntry } from "../../model/consumer_group.ts";
import type { RecordKind } from "../../model/record.ts";
import { formatDuration } from "../../model/units.ts";
import type { Line } from "./line.ts";

/** A group of a stream, and who is in it. */
export interface ListedGroup extends Omit<ConsumerGroup, "consumers"> {
  /** The kind of records that its stream is for. */
  readonly kind: RecordKind;
  /** Its consumers. */
  readonly consumers: readonly GroupConsumer[];
}

/** A group and its consumers as a line. */
export function groupText(
  { kind, name, consumers, pending, lag, lastDeliveredId }: ListedGroup,
): string {
  const shares = consumers.map((consumer) =>
    `; "${consumer.name}" has ${consumer.pending}, idle ${idleText(consumer.idleSeconds)}`
  );
  return `${kind} "${name}": ${pending} pending, lag ${lag ?? "unknown"}, ` +
    `last given out ${lastDeliveredId}${shares.join("")}`;
}

/** A pending entry as a line. */
export function pendingText({ id, consumer, idleSeconds, deliveries }: PendingEntry): string {
  return `[${id}] consumer="${consumer}" idle=${idleText(idleSeconds)} deliveries=${deliveries}`;
}

/** Entries that a claim could not give out, one a line. */
export function leftLines(what: string, entries: readonly PendingEntry[]): Line[] {
  return entries.map((entry): Line => [`${what} ${pendingText(entry)}`, "yellow"]);
}

function idleText(seconds: number): string {
  return formatDuration(Math.floor(seconds));
}
