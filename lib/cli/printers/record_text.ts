/**
 * Records as text, one line each.
 *
 * @module
 */

import { formatAddress } from "../../model/address.ts";
import type {
  AuditRecord,
  DeadLetterRecord,
  EventRecord,
  StoredRecord,
} from "../../model/record.ts";
import { orNone } from "./line.ts";

/** A record as a line. */
export function recordText(record: StoredRecord): string {
  return `[${timestampText(record.timestamp)}] ${contentText(record)}`;
}

/** A record as a line among those of other kinds. */
export function recordTextWithKind(record: StoredRecord): string {
  return `[${timestampText(record.timestamp)}] ${record.kind} ${contentText(record)}`;
}

/** The counts of actors. */
export function auditText(audit: AuditRecord): string {
  return `total=${audit.totalActors} alive=${audit.aliveActors} ` +
    `stopping=${audit.stoppingActors} restarting=${audit.restartingActors}`;
}

/** Unix seconds to the millisecond. */
export function timestampText(timestamp: number | null): string {
  return orNone(timestamp?.toFixed(3));
}

function contentText(record: StoredRecord): string {
  switch (record.kind) {
    case "event":
      return eventText(record);
    case "audit":
      return `${auditText(record)} dead_letters=${record.deadLettersCount}`;
    case "dead_letter":
      return deadLetterText(record);
  }
}

function eventText({ eventType, actorAddress }: EventRecord): string {
  return `${eventType} ${formatAddress(actorAddress)}`;
}

function deadLetterText({ target, messageType, payload }: DeadLetterRecord): string {
  const address = orNone(target === null ? null : formatAddress(target));
  return `target=${address} type=${messageType} payload=${JSON.stringify(payload)}`;
}
